"""Finds every workflow: one file each in workflows/, which ends with ``WORKFLOW = ...``.

Imported by the wiring, by the reader of the site file (for their tables), and by what is made of workflows: routes, and
words of the command line.
"""

import importlib
import pkgutil
from functools import cache
from typing import Any

import workflows as package
from alerts.kernel.consent import Consent
from alerts.kernel.fire_watch import FireWatches
from alerts.workflow import Workflow


@cache
def workflows() -> dict[str, type[Workflow[Any]]]:
    """Every workflow by its name, which is that of its file."""
    found: dict[str, type[Workflow[Any]]] = {}
    for module_info in pkgutil.iter_modules(package.__path__, "workflows."):
        workflow: type[Workflow[Any]] = importlib.import_module(module_info.name).WORKFLOW
        if f"workflows.{workflow.name}" != module_info.name:
            raise ValueError(f"{module_info.name} calls its workflow {workflow.name!r}; give it the name of the file")
        found[workflow.name] = workflow
    return found


def every_workflow() -> dict[str, type[Workflow[Any]]]:
    """Those of files, and the services of the kernel that people use."""
    return {**workflows(), Consent.name: Consent, FireWatches.name: FireWatches}
