"""The two-letter codes of SIA (DC-03, ``SIA-DCS``): what each is about, what it comes to, what it is called.

Most families of codes follow one pattern (FA fire alarm, FH its end, FT trouble ...), which _pattern writes out. Of the
others a line is: code, what its number counts (Z zone, U user, D door, A partition, P a part of the panel), effect,
name. Effects: ``smoke=1`` or ``smoke=0`` (several with commas), ``arm=...``, ``access=...``, ``!`` for a moment,
``!cancel`` for one that ends something.
"""

import msgspec

_ENDS = "fault=0,supervisory=0"

_FAMILIES = {
    "B": ("intrusion", "burglary"),
    "F": ("fire", "fire"),
    "G": ("gas_alarm", "gas"),
    "H": ("panic", "hold-up"),
    "K": ("heat", "heat"),
    "M": ("panic.medical", "medical"),
    "P": ("panic", "panic"),
    "Q": ("panic", "emergency"),
    "S": ("water_flow", "sprinkler"),
    "T": ("tamper", "tamper"),
    "U": ("alarm", "untyped zone"),
    "W": ("leak", "water"),
    "Z": ("supervisory.low_temperature", "freeze"),
}

_PATTERN = {
    "A": ("{signal}=1", "alarm"),
    "B": ("disabled=1", "zone bypassed"),
    "H": ("{signal}=0", "alarm over"),
    "J": ("fault=0", "trouble over"),
    "R": ("{signal}=0," + _ENDS, "zone restored"),
    "S": ("supervisory=1", "supervisory"),
    "T": ("fault=1", "trouble"),
    "U": ("disabled=0", "zone no longer bypassed"),
}

_TABLE = """
AA P tamper.substitution=1     panel substituted
AB Z !                         alarm aborted by user
AF Z !                         scenario
AN Z fault=0                   analogue sensor in order
AR P mains=1                   mains back
AS Z fault=1                   analogue sensor needs service
AT P mains=0                   mains lost
BC U !cancel                   burglary alarm cancelled
BD Z fault.swinger=1           swinger trouble
BE Z fault.swinger=0           swinger trouble over
BG Z intrusion.unverified=1    burglary, not verified
BM Z intrusion=1               burglary, cross point
BV A intrusion.verified=1      burglary verified
BX Z !                         burglary zone tested
BZ Z fault.supervision=1       sensor lost
CA A arm=armed                 closed automatically
CB A arm=armed                 closed
CC A arm=armed                 closed
CD A !                         closing overdue
CE U !                         closing postponed
CF U arm=armed                 closed by force
CG A arm=armed                 closed
CI A !                         failed to close
CJ U arm=armed                 closed late
CK U arm=armed                 closed early
CL U arm=armed                 closed
CM Z fault.exit_error=1        alarm missing after closing
CO P !                         command sent
CP U arm=armed                 closed automatically
CQ U arm=armed                 closed from afar
CR U arm=armed                 closed a moment ago
CS Z arm=armed                 closed by key switch
CT A !                         late to open
CW A arm=armed                 armed by force
CX P !                         custom function
CZ Z arm=armed                 point closed
DA U !                         card assigned
DB U !                         card deleted
DC D lock=0                    access closed
DD D access=denied             access denied
DE D !                         request to enter
DF D intrusion.forced_door=1   door forced
DG D access=granted            access granted
DH D door=0                    door no longer left open
DI D access=denied: passback   access denied, passback
DJ D intrusion.forced_door=1   door forced
DK D access=denied: lockout    access locked out
DL D door=1                    door left open
DM D door=1                    door left open
DN D door=1                    door left open
DO D lock=1                    access open
DP D access=denied: unauthorised time           access denied, time
DQ D access=denied: unauthorised arming state   access denied, armed
DR D door=0,intrusion.forced_door=0             door in order
DS D !                         door station
DT P fault.access=1            access trouble
DU P !                         dealer
DV D access=denied: unauthorised level          access denied, level
DW D access=denied: interlock  access denied, interlock
DX D !                         request to exit
DY D lock=0                    door locked
DZ D access=denied: door secured                access denied, door secured
EA Z intrusion.exit=1          exit alarm
EE U !                         exit error
EJ P tamper.expander=0         expander tamper over
EM P fault.expander_missing=1  expander missing
EN P fault.expander_missing=0  expander back
ER P fault.expander=0          expander in order
ES P tamper.expander=1         expander tamper
ET P fault.expander=1          expander trouble
EX P !                         external device
EZ Z fault.exit_error=1        alarm missing, exit error
FC Z !fire                     fire alarm cancelled
FG Z fire.unverified=1         fire, not verified
FI A test.fire=1               fire test begins
FK A test.fire=0               fire test ends
FL Z !                         fire alarm silenced
FM Z fire=1                    fire alarm, cross point
FQ Z fault.supervisory=0       fire supervisory trouble over
FV Z supervisory=0             fire supervisory over
FW Z fault.supervisory=1       fire supervisory trouble
FX Z !                         fire zone tested
FY Z fault.missing=1           fire zone missing
FZ Z fault.supervision=1       fire supervision missing
GX Z !                         gas zone tested
IA Z fault.equipment=1         equipment failure
IR Z fault.equipment=0         equipment in order
JA A tamper.code=1             wrong codes entered
JC A tamper.code=0             wrong codes cleared
JD U !                         date changed
JH U !                         holidays changed
JK U !                         latch-key alert
JL P !                         event log nearly full
JO P !                         event log overflow
JP U !                         user on premises
JR A !                         schedule carried out
JS U !                         schedule changed
JT U !                         time changed
JV U !                         user code changed
JX U !                         user code deleted
JY U !                         user code added
JZ U !                         user level set
LB P !                         local programming begins
LD P !                         local programming denied
LE P !                         listen-in ended
LF P !                         listen-in begins
LR P fault.line=0              telephone line back
LS P !                         local programming done
LT P fault.line=1              telephone line trouble
LU P !                         local programming failed
LX P !                         local programming ended
MI P !                         message
NA Z supervisory.inactivity=1  no activity
NB A arm=armed_partly          armed partly
NC P !                         network condition
ND A arm=disarmed              disarmed
NE A arm=armed_partly          armed partly
NF A arm=armed_stay            perimeter armed by force
NL A arm=armed_stay            perimeter armed
NM A arm=armed_stay            perimeter armed, user's own
NO A arm=armed_partly          armed partly
NP Z !                         arming event
NR P fault.network=0           network back
NS Z supervisory.inactivity=0  activity again
NT P fault.network=1           network failure
OA A arm=disarmed              opened automatically
OB A arm=disarmed              opened
OC U !cancel                   alarm cancelled
OG A arm=disarmed              opened
OH U arm=disarmed              opened early after alarm
OI A !                         failed to open
OJ U arm=disarmed              opened late
OK U arm=disarmed              opened early
OL U arm=disarmed              opened late after alarm
OP U arm=disarmed              opened
OQ U arm=disarmed              opened from afar
OR U arm=disarmed              disarmed after alarm
OS Z arm=disarmed              opened by key switch
OT U !                         late to close
OU P fault.output=1            output trouble
OV P fault.output=0            output in order
OZ Z arm=disarmed              point opened
PC U !                         photo on demand allowed
PD U !                         photo on demand forbidden
PE P !                         photo by scenario allowed
PF Z fault.malfunction=1       malfunction
PG P !                         photo by scenario forbidden
PO Z fault.malfunction=0       malfunction over
RA P !                         remote programmer's call failed
RB P !                         remote programming begins
RC P switch=1                  relay closed
RD P !                         remote programming denied
RN P !reset                    reset from afar
RO P switch=0                  relay open
RP P !                         periodic test
RR P !                         power up
RS P !                         remote programming done
RT P fault.data_lost=1         data lost
RU P !                         remote programming failed
RX U !                         manual test
RY Z !                         test with trouble present
SC P !                         change of state
SM Z fault.malfunction=1       malfunction
TC P !                         all points tested
TE P test=0                    test ends
TH Z tamper=0                  tamper alarm over
TP Z !                         point walk tested
TS P test=1                    test begins
TW A test.watch=1              area watch begins
TX P !                         test report
TZ A test.watch=0              area watch ends
UG Z alarm.unverified=1        untyped alarm, not verified
UX P !                         undefined
UY Z fault.missing=1           untyped zone missing
UZ Z fault.supervision=1       untyped sensor lost
VI P fault.printer_paper=0     printer has paper
VO P fault.printer_paper=1     printer out of paper
VR P fault.printer=0           printer in order
VT P fault.printer=1           printer trouble
VX P !                         printer tested
VY P fault.printer_offline=0   printer online
VZ P fault.printer_offline=1   printer offline
XA P !                         report of an extra account
XC Z fault.malfunction=0       malfunction over
XE Z !                         extra point
XF Z !                         extra radio point
XH P fault.rf_jam=0            radio interference over
XI Z !fire                     sensor reset
XJ P tamper.receiver=0         radio receiver tamper over
XL P fault.radio=1             weak radio signal
XM Z fault.cross_zone=1        alarm missing, cross point
XQ P fault.rf_jam=1            radio interference
XR Z battery_low=0             transmitter battery in order
XS P tamper.receiver=1         radio receiver tamper
XT Z battery_low=1             transmitter battery low
XW Z disabled.forced=1         point armed by force
XX P fault.test=1              failed to test
YA P fault.bell=1              bell fault
YB P !                         busy seconds
YC P fault.communication=1     communication failed
YD P fault.line_card=1         line card trouble
YE P fault.line_card=0         line card in order
YF P fault.parameters=1        parameter checksum
YG P !                         parameter changed
YH P fault.bell=0              bell in order
YI P fault.overcurrent=1       overcurrent
YJ P fault.overcurrent=0       overcurrent over
YK P fault.communication=0     communication back
YM P fault.battery=1           battery missing
YN P !                         invalid report
YO P !                         unknown message
YP P fault.supply=1            power supply trouble
YQ P fault.supply=0            power supply in order
YR P battery_low=0,fault.battery=0   battery in order
YS P fault.communication=1     communication trouble
YT P battery_low=1             battery low
YU P fault.diagnostic=1        diagnostic error
YW P !                         watchdog reset
YX P fault.service=1           service required
YY P !                         status report
YZ P fault.service=0           service done
ZY P !                         common event
ZZ P !                         common event
"""


class Code(msgspec.Struct, frozen=True):
    """One line of the table; ``effects`` are (signal, value) as they are written, ``ends`` what ends.py knows."""

    counts: str
    effects: tuple[tuple[str, str], ...]
    name: str
    ends: str = ""


def _code(counts: str, effect: str, name: str) -> Code:
    effects = () if effect.startswith("!") else tuple(part.partition("=")[::2] for part in effect.split(","))
    return Code(counts, effects, name, effect if effect.startswith("!") else "")


def _pattern() -> dict[str, Code]:
    return {
        family + letter: _code("Z", effect.format(signal=signal), f"{word} {name}")
        for family, (signal, word) in _FAMILIES.items()
        for letter, (effect, name) in _PATTERN.items()
    }


def _read(table: str) -> dict[str, Code]:
    codes = {}
    for line in table.strip().splitlines():
        code, counts, rest = line.split(maxsplit=2)
        effect, _, name = rest.partition("  ")
        codes[code] = _code(counts, effect, name.strip())
    return codes


CODES: dict[str, Code] = _pattern() | _read(_TABLE)
