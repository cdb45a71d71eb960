"""What decoded LoRaWAN payloads say: makers' names and words, units, channels."""

from typing import Any

import pytest

from devices.reading import Value
from tests.devices.lorawan_signals import signals_in

SAID: dict[str, tuple[dict[str, Any], dict[str, Value]]] = {
    "Milesight EM300-MCS": ({"magnet_status": "close", "battery": 92}, {"door": False, "battery": 92.0}),
    "Milesight WS301, torn off": (
        {"magnet_status": "open", "tamper_status": "uninstalled"},
        {"door": True, "tamper": True},
    ),
    "Milesight WS301, mounted": ({"tamper_status": "installed"}, {"tamper": False}),
    "Milesight EM300-SLD": ({"leakage_status": "leak"}, {"leak": True}),
    "Milesight WS202": ({"pir": "normal", "daylight": "light"}, {"motion": False}),
    "Milesight VS330": ({"occupancy": "vacant", "distance": 1200}, {"occupancy": False}),
    "Milesight WS101": ({"button_event": {"status": "short press", "msgid": 3}}, {"action": "short press"}),
    "Milesight TS301": (
        {"temperature_chn1": 4.5, "temperature_chn2": -18.1},
        {"temperature": 4.5, "temperature.2": -18.1},
    ),
    "Milesight EM500-PP": ({"pressure": 980}, {"pressure": 980.0}),
    "Milesight EM500-CO2": (
        {"pressure": 1013.0, "humidity": 40, "co2": 700},
        {"pressure": 101.3, "humidity": 40.0, "co2": 700.0},
    ),
    "Milesight GS101, broken": ({"gas_status": "normal", "alarm": "device fault"}, {"gas_alarm": False, "fault": True}),
    "Milesight GS524N, normal": (
        {"type": "smoke sensor", "event": "normal"},
        {"smoke": False, "silenced": False, "fault": False, "test": False},
    ),
    "Milesight GS524N, silenced: the smoke is not over": (
        {"type": "smoke sensor", "event": "silent"},
        {"silenced": True},
    ),
    "Milesight GS524N, taken away": ({"type": "smoke sensor", "event": "removed"}, {"tamper": True}),
    "an alarm that names no cause": ({"type": "button", "event": "alarm"}, {"supervisory": True}),
    "Milesight, a limit of somebody's": (
        {"temperature_alarm": "threshold alarm", "temperature": 8},
        {"supervisory.temperature": True, "temperature": 8.0},
    ),
    "Milesight, a limit no more": (
        {"temperature_alarm": "threshold alarm release"},
        {"supervisory.temperature": False},
    ),
    "Milesight, burning": ({"temperature_alarm": "burning alarm"}, {"heat": True}),
    "Dragino LWL02": (
        {"BAT_V": 3.3, "MOD": 1, "DOOR_OPEN_STATUS": 1, "DOOR_OPEN_TIMES": 7, "ALARM": 0},
        {"voltage": 3.3, "door": True, "supervisory": False},
    ),
    "Dragino LSN50": (
        {"BatV": 3.3, "TempC1": 4.1, "TempC2": 5.2, "TempC_SHT": 22.0, "Hum_SHT": 41},
        {"voltage": 3.3, "temperature": 4.1, "temperature.2": 5.2, "temperature.sht": 22.0, "humidity": 41.0},
    ),
    "Dragino LHT52 alone": ({"TempC_SHT": 22.0}, {"temperature": 22.0}),
    "Dragino LT-22222": ({"DI1_status": "H", "DI2_status": "L"}, {"switch": True, "switch.2": False}),
    "Netvox R311A": ({"Device": "R311A", "Volt": 3.1, "OnOff": 1}, {"voltage": 3.1, "door": True}),
    "Netvox RB11E": (
        {"Temp": 21.5, "Illuminance": 300, "Occupy": 1, "DisassembledAlarm": 0},
        {"temperature": 21.5, "illuminance": 300.0, "occupancy": True, "tamper": False},
    ),
    "Netvox RA02C": ({"COAlarm": "No Alarm"}, {"co_alarm": False}),
    "Elsys ERS": (
        {"temperature": 22, "humidity": 41, "light": 120, "motion": 7, "vdd": 3650},
        {"temperature": 22.0, "humidity": 41.0, "illuminance": 120.0, "motion": True, "voltage": 3.65},
    ),
    "SenseCAP": (
        {"messages": [[{"type": "Air Temperature", "measurementValue": 20.5, "measurementId": "4097"}]]},
        {"temperature": 20.5},
    ),
    "Decentlab": (
        {"air_temperature": {"displayName": "Air temperature", "unit": "°C", "value": 21.5}},
        {"temperature": 21.5},
    ),
    "our own names": (
        {"smoke": True, "call_point": False, "water_flow": 1, "gas": False, "temperature.3": 7},
        {"smoke": True, "call_point": False, "water_flow": True, "gas_alarm": False, "temperature.3": 7.0},
    ),
    "a battery in millivolts": ({"battery": 3600}, {"voltage": 3.6}),
    "a battery in volts": ({"bat": 3.58}, {"voltage": 3.58}),
    "a battery in words": ({"battery": "low"}, {"battery_low": True}),
    "particles, where punctuation counts": (
        {"pm1_0": 3, "pm2_5": 5, "pm10": 9},
        {"pm.1": 3.0, "pm": 5.0, "pm.10": 9.0},
    ),
    "millibar": ({"pressure": {"value": 1000, "unit": "mbar"}}, {"pressure": 100.0}),
    "a density beside a word": ({"smoke": {"value": 0.02, "status": "normal"}}, {"smoke": False}),
    "what is open": ({"door": {"open": True}, "battery": {"voltage": 3.6}}, {"door": True, "voltage": 3.6}),
    "text for a number": ({"co2": "618"}, {"co2": 618.0}),
    "words for nothing": ({"temperature": "NULL", "humidity": "N/A", "smoke": None}, {}),
    "a danger in any dress": (
        {"isSmokeDetected": 1, "gas_alarm_status": "normal", "waterLeakAlarm_2": 1, "tamper_event": False},
        {"smoke": True, "gas_alarm": False, "leak.2": True, "tamper": False},
    ),
    "no danger in another's dress": (
        {"smoke_alarm_count": 1, "gas_sensor_life": 1, "smoke_alarm_enable": 1, "fire_safety": 1, "door_alarm": 1},
        {},
    ),
    "a barometer without a hygrometer": (
        {"temperature": 21, "pressure": 1013},
        {"temperature": 21.0, "pressure": 101.3},
    ),
    "a pipe with a thermometer": ({"temperature": 21, "pressure": 600}, {"temperature": 21.0, "pressure": 600.0}),
    "water": ({"water": True}, {"leak": True}),
    "no water": ({"water_status": "dry"}, {"leak": False}),
    "locked": ({"locked": True}, {"lock": False}),
    "unlocked, in a word": ({"lock_status": "unlocked"}, {"lock": True}),
    "Netvox R602B": (
        {"WarningStatus": "No warning", "Battery": "2.4(low battery)"},
        {"siren": False, "battery_low": True, "voltage": 2.4},
    ),
    "Netvox R720FLT": (
        {"Device": "R720FLT", "FaultAlarm": "Normal", "TankLeakAlarm": "Leak", "Volt": 3.1},
        {"fault": False, "leak.tank": True, "voltage": 3.1},
    ),
    "Netvox R718DB": ({"Device": "R718DB", "Volt": 3.1, "status": 1}, {"voltage": 3.1, "vibration": True}),
    "Netvox R718LB": ({"Device": "R718LB", "status": 0}, {"switch": False}),
    "a status of who knows what": ({"Device": "R831", "status": 1, "Status": "Success"}, {}),
    "Browan's leak sensor": (
        {"WaterLeakageDetected": 1, "Battery": 3.6, "Temp_PCB": 24, "Humidity": 41, "Temp_Sensor": 21},
        {"leak": True, "voltage": 3.6, "temperature.device": 24.0, "humidity": 41.0, "temperature": 21.0},
    ),
    "Dragino CPL01": ({"ALARM": "FALSE", "PIN_STATUS": "DISCONNECT"}, {"supervisory": False, "switch": False}),
    "Comtac on mains": ({"device": {"batteryLevel": "external"}}, {"external_power": True}),
    "Comtac on battery": (
        {"deviceStatus": {"lowSupplyVoltage": False}, "batteryLevel": "87%"},
        {"battery_low": False, "battery": 87.0},
    ),
    "Digital Matter G62": (
        {"digIn1": True, "digIn2": False, "tempC": 21},
        {"switch": True, "switch.2": False, "temperature": 21.0},
    ),
    "an alarm of a door is no open door": (
        {"front_door_alarm": True, "cellar_leak_alarm": True},
        {"leak.cellar": True},
    ),
    "MClimate T-Valve, held with a magnet": (
        {"flood": False, "magnet": True, "battery": 3.1},
        {"leak": False, "voltage": 3.1},
    ),
    "MClimate T-Valve, short": (
        {"waterTemp": 12.5, "ambientTemp": 21},
        {"temperature.water": 12.5, "temperature": 21.0},
    ),
    "Thermokon": (
        {"TEMP": 21.5, "RHUM": 44, "ATM_P": 1013, "OCCU0_STATE": 1, "VBAT": 3600, "REED0_STATE": 1},
        {"temperature": 21.5, "humidity": 44.0, "pressure": 101.3, "occupancy": True, "voltage": 3.6},
    ),
    "Moko, help begins": (
        {"event_type": "SOS Start", "batt_level": "87%", "temperature": "-5°C"},
        {"panic": True, "battery": 87.0, "temperature": -5.0},
    ),
    "Moko, help is over": ({"event_type": "Man Down End"}, {"panic": False}),
    "Moko, something else": ({"event_type": "Motion On End", "device_status": "No"}, {}),
    "Radio Bridge, open": ({"Type": "DOOR/WINDOW", "DoorWindow": {"Event": "Open"}}, {"door": True}),
    "Radio Bridge, shorted": ({"Type": "CONTACT", "Contact": {"Event": "Contacts Shorted"}}, {"door": False}),
    "Radio Bridge, water": ({"Water": {"Event": "Water Present", "Relative": 40}}, {"leak": True}),
    "Radio Bridge, no water": ({"Water": {"Event": "Water Not Present", "Relative": 255}}, {"leak": False}),
    "Radio Bridge, opened itself": ({"Tamper": {"Event": "Open"}}, {"tamper": True}),
    "Radio Bridge, still well": (
        {"Supervisory": {"TamperSinceLastReset": 1, "TamperState": 0, "BatteryLow": 0, "Battery": "3.2V"}},
        {"tamper": False, "battery_low": False, "voltage": 3.2},
    ),
    "Radio Bridge, an event beside a measurement": (
        {"Temperature": {"Event": "Periodic Report", "Temperature": 21, "Relative": 40}},
        {"temperature": 21.0},
    ),
    "Nexelec Origin, smoke": (
        {"smokeAlarm": "Local smoke Alarm activated", "smokeLocalProductTest": "Smoke test off"},
        {"smoke": True, "test": False},
    ),
    "Nexelec Origin, a test": (
        {"smokeAlarm": "Smoke Alarm non-activated", "smokeLocalProductTest": "Local smoke test was done"},
        {"smoke": False, "test": True},
    ),
    "Nexelec Origin, broken and torn off": (
        {
            "smokeSensorStatus": "Smoke sensor fault",
            "tempHumSensorStatus": "T°/humidity sensor ok",
            "antiTearDetectionStatus": "Product removed from its based just now",
            "batteryLevel": "Medium",
            "batteryVoltage": {"value": 2950, "units": "mV"},
        },
        {"fault": True, "tamper": True, "battery_low": False, "voltage": 2.95},
    ),
    "Adeunis Comfort": (
        {
            "bytes": {
                "status": {"hardwareError": False, "lowBattery": True},
                "decodingInfo": "values: [t=0, t-1, t-2, ...]",
                "temperature": {"unit": "°C", "values": [19.7, 19.9]},
            }
        },
        {"fault": False, "battery_low": True, "temperature": 19.7},
    ),
    "Adeunis Motion": (
        {"presenceDetectedWhenSending": True, "luminosity": {"unit": "%", "values": [50]}},
        {"occupancy": True},
    ),
    "Adeunis Dry Contacts": (
        {"channelA": {"value": 7, "currentState": True}, "channelB": {"value": 0, "currentState": False}},
        {"switch.a": True, "switch.b": False},
    ),
    "Elsys, wet": ({"waterleak": 255, "vdd": 3600}, {"leak": True, "voltage": 3.6}),
    "Tektelic, open": ({"reed_state": 255, "reed_count": 2}, {"door": True}),
    "Tektelic, closed": ({"reed_state": 0}, {"door": False}),
    "Sensative, a little wet is no leak": (
        {"historySeqNr": 9, "prevHistSeqNr": 9, "flood": {"value": 1}, "floodAlarm": {"value": False}},
        {"leak": False},
    ),
    "SenseCAP by numbers": (
        {
            "messages": [
                {"type": "report_telemetry", "measurementId": 4097, "measurementValue": 23.6},
                {"type": "report_telemetry", "measurementId": 4101, "measurementValue": 101_320},
                {"type": "upload_battery", "battery": 95},
            ]
        },
        {"temperature": 23.6, "pressure": 101.32, "battery": 95.0},
    ),
    "SenseCAP S2100": ({"messages": [{"Battery(%)": 100, "Firmware Version": "1.9"}]}, {"battery": 100.0}),
    "SenseCAP T1000, help": (
        {"messages": [[{"measurementId": "4200", "measurementValue": [{"id": 7, "eventName": "SOS event."}]}]]},
        {"panic": True},
    ),
    "Synetica": (
        {"temperature_c": 21.2, "humidity_rh": 44.5, "pressure_mbar": 1010.2, "gas_co_ppm": 2.2, "battery_mv": 3600},
        {"temperature": 21.2, "humidity": 44.5, "pressure": 101.02, "co": 2.2, "voltage": 3.6},
    ),
    "Dragino LTC2": ({"Temp_Channel1": 21.3, "Temp_Channel2": 22.5}, {"temperature": 21.3, "temperature.2": 22.5}),
    "Dragino D2x": (
        {"Temp_Red": 21.3, "Temp_Black": "NULL", "Temp_White": 4},
        {"temperature": 21.3, "temperature.2": 4.0},
    ),
    "Dragino AQS01": ({"TempC_SHT": 21.2, "pressure": 1010.1}, {"temperature": 21.2, "pressure": 101.01}),
    "TG563A": (
        {"status": {"mounted": 0, "smokeAlarm": 1, "batteryLow": 0, "smokeChamberFailure": 1}},
        {"tamper": True, "smoke": True, "battery_low": False, "fault": True},
    ),
    "Milesight WS301 of old": ({"door": "close", "install": "yes"}, {"door": False, "tamper": False}),
    "MClimate T-Valve": ({"floodDetectionWireState": True, "boxTamper": False}, {"leak": True, "tamper": False}),
    "MClimate Vicki, which only guesses an open window": (
        {"openWindow": True, "brokenSensor": False},
        {"fault": False},
    ),
    "Watteco": ({"data": [{"variable": "violation_detection", "value": True}]}, {"tamper": True}),
    "Digital Matter, a man is down": ({"batV": 3.65, "manDown": True}, {"voltage": 3.65, "panic": True}),
    "Moko, help": ({"payload_type": "SOS", "battery_level": "95%"}, {"panic": True, "battery": 95.0}),
    "a list of alarms": ({"alarms": ["smoke", "tamper"]}, {"smoke": True, "tamper": True}),
    "the kind before the word": ({"alarm_smoke": True, "alarm_tamper": 0}, {"smoke": True, "tamper": False}),
    "a place before the word": ({"rope_leak": "wet", "spot_leak": "dry"}, {"leak.rope": True, "leak.spot": False}),
    "no place before the word": (
        {"no_smoke": True, "last_leak": True, "test_smoke": True, "days_since_leak": 1, "max_smoke": "high"},
        {},
    ),
    "low, in two words": ({"batteryState": "Low Voltage"}, {"battery_low": True}),
    "what is fed by a battery": ({"power": "battery"}, {}),
    "measured before": ({"records": [{"timestamp": 1, "smoke": True}]}, {}),
    "several temperatures under one name are a past or channels without numbers": ({"temperature": [20, 21]}, {}),
    "the past": ({"history": [{"smoke": 1}], "datalog": {"smoke": 1}, "smoke_history": 1}, {}),
    "settings": ({"temperature_alarm_config": {"temperature": 60}, "tamper_alarm_enable": 1}, {}),
    "TG563A, all of it": (
        {
            "messageType": "Smoke Alarm Event",
            "status": {"smokeAlarm": 1, "fouledSmokeChamber": 0, "ultrasonicSensorFailure": 0, "buzzerFailure": 1},
        },
        {"smoke": True, "fault": True},
    ),
    "Netvox RA02G": (
        {"smokeAlarm": True, "tamperAlarm": False, "powerOffAlarm": True, "eventType": "Smoke/Vape Detected"},
        {"smoke": True, "tamper": False, "mains": False},
    ),
    "Netvox, two probes": ({"WaterLeak1Alarm": "Leak", "WaterLeak2Alarm": "NoLeak"}, {"leak": True, "leak.2": False}),
    "Arwin, calm": ({"event": "heartbeat", "battery": 90}, {"battery": 90.0}),
    "WIKA, the radio": (
        {"messageType": "radioUnitAlarm", "radioAlarms": {"uartCommunicationError": False, "lowBattery": True}},
        {"fault": False, "battery_low": True},
    ),
    "WIKA, an alarm that is over": (
        {"processAlarms": [{"sense": "disappeared", "alarmType": "lowThreshold"}]},
        {"supervisory": False},
    ),
    "Laiier, its foil is torn off": (
        {"critically_wet": False, "sensor_connected": False},
        {"leak": False, "fault": True},
    ),
    "Quandify, grades": ({"totalVolume": 1, "leakState": 3}, {"leak": True}),
    "Milesight GS101": ({"gas_status": "abnormal", "alarm": "sensor failure"}, {"gas_alarm": True, "fault": True}),
    "Milesight GS101, mains": ({"alarm": "power down"}, {"mains": False}),
    "a limit that is reached": (
        {"threshold1Reached": True, "temperature": {"unit": "Cel", "value": 23}},
        {"supervisory": True, "temperature": 23.0},
    ),
    "alarms with their states": (
        {"alarms": [{"type": "fire", "active": True}, {"type": "tamper", "active": False}]},
        {"smoke": True, "tamper": False},
    ),
    "a fault beside a word": ({"smoke": {"status": "normal", "fault": True}}, {"smoke": False, "fault": True}),
    "a measurement by its name": ({"data": {"0": {"name": "Water leak", "value": 1}}}, {"leak": True}),
    "a status in words": ({"status": "SMOKE ALARM", "sensor_status": "Sensor fault"}, {"smoke": True, "fault": True}),
    "an event that is over": ({"alarm_type": "tamper", "alarm_state": "cleared"}, {"tamper": False}),
    "an alarm in a status": (
        {"status": {"alarm": True, "low_battery": True}},
        {"supervisory": True, "battery_low": True},
    ),
    "Milesight, newer codecs": (
        {"temperature_alarm": {"type": "burning alarm trigger"}, "tamper_status_alarm": {"type": "triggered"}},
        {"heat": True, "tamper": True},
    ),
    "methane": ({"methane_alarm": True, "ac_power": "lost"}, {"gas_alarm": True, "mains": False}),
    "a code of a fault": ({"errorCode": 12}, {"fault": True}),
    "no fault": ({"fault_code": "0x00", "memoryFault": "no fault detected"}, {"fault": False}),
    "Chinese": ({"smoke": "报警", "door": "关闭"}, {"smoke": True, "door": False}),
}


@pytest.mark.parametrize("case", SAID)
def test_makers_words_are_understood(case: str) -> None:
    """As their published codecs write them, and nothing is found wrong."""
    payload, expected = SAID[case]
    assert (expected, "") == signals_in(payload)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("alarm", {"smoke": True}),
        ("silent", {"silenced": True}),
        ("low battery", {"battery_low": True}),
        ("failover", {"fault": True}),
        ("normal", {"smoke": False, "silenced": False, "fault": False, "test": False}),
        ("removed", {"tamper": True}),
        ("installed", {"tamper": False}),
        ("testing alarm with normal battery", {"test": True, "battery_low": False}),
        ("testing alarm with low battery", {"test": True, "battery_low": True}),
    ],
)
def test_each_event_of_a_smoke_detector_is_its_own(event: str, said: dict[str, Value]) -> None:
    """A test is no fire, a silenced alarm is not over, a dying battery is no smoke."""
    assert (said, "") == signals_in({"type": "smoke sensor", "event": event})


@pytest.mark.parametrize(
    ("alarm", "said"),
    [
        ("power off", {"mains": False}),
        ("power on", {"mains": True}),
        ("device fault", {"fault": True}),
        ("device fault recovered", {"fault": False}),
        ("device will be invalid soon", {"fault": True}),
        ("device invalid", {"fault": True}),
        ("alarm", {"supervisory": True}),
        (1, {"supervisory": True}),
        ("none", {"supervisory": False}),
    ],
)
def test_an_alarm_tells_its_cause_or_is_supervisory(alarm: Any, said: dict[str, Value]) -> None:
    """Fire it is only where the payload says fire."""
    assert (said, "") == signals_in({"alarm": alarm})


@pytest.mark.parametrize(
    ("word", "smoke"),
    [
        ("smoke alarm", True),
        ("SMOKE_DETECTED", True),
        ("Fire", True),
        ("alarm", True),
        (1, True),
        (1.0, True),
        ("smoke_alarm_release", False),
        ("alarm released", False),
        ("no smoke", False),
        ("not detected", False),
        ("Normal", False),
        ("0", False),
    ],
)
def test_smoke_is_read_word_by_word(word: Any, smoke: bool) -> None:
    """An alarm that is over is over, one that is denied was none."""
    assert ({"smoke": smoke}, "") == signals_in({"smoke_status": word})


@pytest.mark.parametrize(
    "word",
    ["purple", "unknown", 2, -1, 0.5, "smokeless", [], "release", "smoke sensor ok", "smoke alarm test", "fire door"],
)
def test_a_word_for_smoke_is_never_guessed(word: Any) -> None:
    """It is told instead (a list is nobody's way to say it)."""
    found, problem = signals_in({"smoke": word})
    assert {} == found
    assert bool(problem) == (word != [])
