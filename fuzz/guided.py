"""A worker under atheris: coverage of devices/ decides which inputs are worth keeping, in a folder for the other."""

import os
import sys
from random import Random

import atheris

with atheris.instrument_imports(include=["devices"]):
    from devices.families import families

    families()  # imports the codecs

from fuzz.mix import LARGEST, Mix
from fuzz.sums import SUMS
from fuzz.target import Target
from fuzz.worker import Worker, arguments

_ITS_OWN_CHANGES = 0.3


def main() -> None:
    args = arguments(__doc__)
    target = Target(args.family)
    args.corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (args.corpus / f"recorded-{number:03}").write_bytes(seed)
    mix = Mix(target.seeds, SUMS.get(args.family))
    worker = Worker(target, args.inputs, args.crashes, args.megabytes)

    def take(data: bytes) -> None:
        worker.take(data)
        if worker.count >= worker.inputs:
            os._exit(0)

    def changed(data: bytes, largest: int, seed: int) -> bytes:
        chance = Random(seed)
        if chance.random() < _ITS_OWN_CHANGES:
            return bytes(atheris.Mutate(data, largest))
        made = mix.changed(data, chance) if chance.random() < 0.8 else mix.fresh(chance)
        return made[:largest]

    # It counts starts of its own, too: twice as many as are wanted is never reached.
    settings = [
        *(f"-seed={args.seed}", f"-max_len={LARGEST}", f"-runs={args.inputs * 2}", "-timeout=60"),
        *(f"-rss_limit_mb={args.megabytes}", f"-artifact_prefix={args.crashes}/", "-verbosity=0", "-len_control=0"),
        str(args.corpus),
    ]
    atheris.Setup([sys.argv[0], *settings], take, custom_mutator=changed, internal_libfuzzer=True)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
