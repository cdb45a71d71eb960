"""The event codes of Contact ID (SIA DC-05): what each is about, what it comes to, what it is called.

A line is: code, what its number counts (Z zone, U user, P a part of the panel), effect, name. Effects:

``smoke``        that signal is true when the event is new and false when it is restored
``-mains``       the other way round
``arm:armed``    an opening (new) or closing (restore): ``arm_request`` is ``disarmed``, or that word
``access:...``   ``access`` is that text
``!``            a moment and no state: ``action`` is the name
``!cancel``      such a moment, and what it ends is in ends.py

Of zones only those carry fire, smoke, heat and so on whose code says so. Codes 651 to 653 and 750 to 789 mean what a
maker or user assigned to them, so they are moments here.
"""

import msgspec

_TABLE = """
100 Z panic.medical                 medical alarm
101 Z panic.personal                personal emergency
102 Z supervisory.no_report         failed to report in
103 Z panic.fall                    fall alarm
110 Z fire                          fire alarm
111 Z smoke                         smoke alarm
112 Z fire.combustion               combustion alarm
113 Z water_flow                    water flow alarm
114 Z heat                          heat alarm
115 Z call_point                    call point
116 Z smoke.duct                    duct smoke alarm
117 Z flame                         flame alarm
118 Z supervisory.near_alarm        near fire alarm
120 Z panic                         panic alarm
121 U duress                        duress
122 Z panic.silent                  silent panic alarm
123 Z panic.audible                 audible panic alarm
124 Z duress.access                 duress, access granted
125 Z duress.egress                 duress, egress granted
126 U panic.suspicion               hold-up suspicion
129 Z panic.verified                panic alarm verified
130 Z intrusion                     burglary alarm
131 Z intrusion.perimeter           perimeter alarm
132 Z intrusion.interior            interior alarm
133 Z intrusion.24_hour             24-hour burglary alarm
134 Z intrusion.entry_exit          entry or exit alarm
135 Z intrusion.day_night           day or night alarm
136 Z intrusion.outdoor             outdoor alarm
137 Z tamper                        tamper alarm
138 Z intrusion.near_alarm          near burglary alarm
139 Z intrusion.verified            intrusion verified
140 Z alarm                         general alarm
141 Z fault.loop_open               polling loop open
142 Z fault.loop_short              polling loop short
143 P fault.module                  expansion module failure
144 Z tamper                        sensor tamper
145 P tamper.module                 expansion module tamper
146 Z intrusion.silent              silent burglary alarm
147 Z fault.supervision             sensor supervision failure
150 Z alarm.24_hour                 24-hour alarm, no burglary
151 Z gas_alarm                     gas alarm
152 Z supervisory.refrigeration     refrigeration
153 Z supervisory.loss_of_heat      loss of heat
154 Z leak                          water leak
155 Z intrusion.foil                foil break
156 Z fault.day                     day trouble
157 Z supervisory.bottled_gas       bottled gas low
158 Z supervisory.high_temperature  high temperature
159 Z supervisory.low_temperature   low temperature
161 Z supervisory.air_flow          loss of air flow
162 Z co_alarm                      carbon monoxide alarm
163 Z supervisory.tank_level        tank level
168 Z supervisory.high_humidity     high humidity
169 Z supervisory.low_humidity      low humidity
200 Z supervisory                   fire supervisory
201 Z supervisory.water_pressure    low water pressure
202 Z supervisory.co2               low carbon dioxide
203 Z supervisory.gate_valve        gate valve
204 Z supervisory.water_level       low water level
205 Z started                       pump activated
206 Z fault.pump                    pump failure
300 P fault                         system trouble
301 P -mains                        mains lost
302 P battery_low                   system battery low
303 P fault.ram                     RAM checksum
304 P fault.rom                     ROM checksum
305 P !reset                         system reset
306 P !                             panel programming changed
307 P fault.self_test               self-test failure
308 P fault.shutdown                system shut down
309 P fault.battery_test            battery test failure
310 P fault.ground                  ground fault
311 P fault.battery                 battery missing
312 P fault.overcurrent             power supply overcurrent
313 U !reset                         engineer reset
314 P -mains.primary                primary power supply failure
315 P fault.system                  system trouble
316 P tamper.system                 system tamper
317 P tamper                        control panel tamper
320 P fault.sounder                 sounder or relay trouble
321 P fault.bell_1                  bell 1 trouble
322 P fault.bell_2                  bell 2 trouble
323 P fault.alarm_relay             alarm relay trouble
324 P fault.trouble_relay           trouble relay trouble
325 P fault.reversing_relay         reversing relay trouble
326 P fault.circuit_3               notification circuit 3 trouble
327 P fault.circuit_4               notification circuit 4 trouble
330 P fault.peripheral              peripheral trouble
331 P fault.loop_open               polling loop open
332 P fault.loop_short              polling loop short
333 P fault.module                  expansion module failure
334 P fault.repeater                repeater failure
335 P fault.printer_paper           printer out of paper
336 P fault.printer                 printer failure
337 P fault.module_supply           module lost its supply
338 P battery_low.module            module battery low
339 P !                             module reset
341 P tamper.module                 module tamper
342 P -mains.module                 module lost its mains
343 P fault.module_self_test        module self-test failure
344 P fault.rf_jam                  radio jammed
345 P !                             encryption switched
350 P fault.communication           communication trouble
351 P fault.line_1                  telephone line 1
352 P fault.line_2                  telephone line 2
353 P fault.radio                   radio transmitter
354 P fault.not_communicated        failed to communicate
355 P fault.radio_supervision       radio supervision lost
356 P fault.polling                 central polling lost
357 P fault.radio_vswr              radio antenna trouble
358 P fault.periodic_test           periodic test failed
370 Z fault.loop                    protection loop
371 Z fault.loop_open               protection loop open
372 Z fault.loop_short              protection loop short
373 Z fault.fire                    fire trouble
374 Z fault.exit_error              exit error
375 Z fault.panic                   panic zone trouble
376 Z fault.hold_up                 hold-up zone trouble
377 Z fault.swinger                 swinger trouble
378 Z fault.cross_zone              cross-zone trouble
380 Z fault                         sensor trouble
381 Z fault.supervision_radio       radio sensor lost
382 Z fault.supervision_module      sensor of a module lost
383 Z tamper                        sensor tamper
384 Z battery_low                   sensor battery low
385 Z fault.high_sensitivity        smoke detector too sensitive
386 Z fault.low_sensitivity         smoke detector not sensitive enough
387 Z fault.high_sensitivity        intrusion detector too sensitive
388 Z fault.low_sensitivity         intrusion detector not sensitive enough
389 Z fault.self_test               sensor self-test failure
391 Z fault.watch                   sensor watch trouble
392 Z fault.drift                   drift compensation
393 Z fault.maintenance             maintenance due
394 Z fault.end_of_life             CO detector at the end of its life
400 U arm:armed                     opened or closed
401 U arm:armed                     opened or closed by a user
402 U arm:armed                     group opened or closed
403 U arm:armed                     opened or closed automatically
404 U arm:armed                     opened or closed late
405 U arm:armed                     deferred opening or closing
406 U !cancel                        alarm cancelled
407 U arm:armed                     opened or closed from afar
408 U arm:armed                     armed quickly
409 U arm:armed                     opened or closed by key switch
411 U !                             callback requested
412 U !                             download succeeded
413 U !                             access for programming failed
414 U !                             shutdown commanded
415 U !                             dialer shutdown commanded
416 P !                             upload succeeded
421 U access:denied                 access denied
422 U access:granted                access
423 Z intrusion.forced_door         door forced
424 U access:denied: egress         egress denied
425 U access:granted: egress        egress granted
426 Z door                          door propped open
427 Z fault.door_monitor            door monitor trouble
428 Z fault.request_to_exit         request-to-exit trouble
429 U !                             access program entered
430 U !                             access program left
431 U !                             threat level changed
432 Z fault.access_relay            access relay failure
433 Z disabled.request_to_exit      request-to-exit shunted
434 Z disabled.door_monitor         door monitor shunted
435 U !                             second person access
436 U access:granted: irregular     irregular access
441 U arm:armed_stay                armed, people stay
442 U arm:armed_stay                armed by key switch, people stay
443 U arm:armed                     armed in spite of trouble
444 U arm:armed_night               armed for the night
450 U arm:armed                     exceptional opening or closing
451 U arm:armed                     opened or closed early
452 U arm:armed                     opened or closed late
453 U !                             failed to open
454 U !                             failed to close
455 U !                             automatic arming failed
456 U arm:armed_partly              partly armed
457 U !                             exit error of a user
458 U !                             user on premises
459 U !                             alarm soon after closing
461 Z tamper.code                   wrong code entered
462 U !                             legal code entered
463 U !                             armed again after alarm
464 U !                             automatic arming postponed
465 Z !panic                         panic alarm reset
466 U !                             service on or off premises
501 Z disabled.reader               access reader disabled
520 P disabled.sounder              sounder or relay disabled
521 P disabled.bell_1               bell 1 disabled
522 P disabled.bell_2               bell 2 disabled
523 P disabled.alarm_relay          alarm relay disabled
524 P disabled.trouble_relay        trouble relay disabled
525 P disabled.reversing_relay      reversing relay disabled
526 P disabled.circuit_3            notification circuit 3 disabled
527 P disabled.circuit_4            notification circuit 4 disabled
531 P !                             module added
532 P !                             module removed
551 P disabled.dialer               dialer disabled
552 P disabled.radio                radio transmitter disabled
553 P disabled.remote               remote programming disabled
554 P fault.fibre_converter         fibre converter fault
555 P fault.fibre_network           fibre network fault
570 Z disabled                      zone bypassed
571 Z disabled                      fire zone bypassed
572 Z disabled                      24-hour zone bypassed
573 Z disabled                      burglary zone bypassed
574 U disabled.group                group bypassed
575 Z disabled.swinger              zone bypassed by itself after repeated alarms
576 Z disabled                      access zone shunted
577 Z disabled                      access point bypassed
578 Z disabled                      vault zone bypassed
579 Z disabled                      vent zone bypassed
601 P !                             manual test
602 P !                             periodic test
603 P !                             periodic radio test
604 U test.fire                     fire test
605 P !                             status report follows
606 P !                             listen-in follows
607 U test.walk                     walk test
608 P !                             periodic test with trouble present
609 P !                             video transmitter active
611 Z !                             point tested
612 Z !                             point not tested
613 Z !                             intrusion zone walk tested
614 Z !                             fire zone walk tested
615 Z !                             panic zone walk tested
616 P !                             service requested
621 P !                             event log reset
622 P !                             event log half full
623 P !                             event log 90 % full
624 P !                             event log overflow
625 U !                             clock set
626 P fault.panel_clock             clock wrong
627 P !                             program mode entered
628 P !                             program mode left
629 P !                             32-hour event log marker
630 P !                             schedule changed
631 P !                             exception schedule changed
632 P !                             access schedule changed
641 Z !                             senior watch trouble
642 U !                             latch-key supervision
643 Z !                             restricted door opened
645 P !                             help arrived
646 P !                             more help needed
647 P !                             more help cancelled
651 P !                             maker's own 651
652 U !                             maker's own 652
653 U !                             maker's own 653
654 P supervisory.inactivity        inactivity
655 U !                             code modified by installer
703 P !                             auxiliary 3
704 P !                             installer test
796 P fault.derived_channel         no signal to be sent
798 P fault.controller              controller down
900 P !                             download aborted
901 P !                             download started or ended
902 P !                             download interrupted
903 P !                             firmware update started or ended
904 P !                             firmware update failed
910 P !                             closed automatically with bypass
911 P !                             closing with bypass
912 Z !                             fire alarm silenced
913 U test.supervisory              supervisory test
914 U test.hold_up                  hold-up test
915 U test.burglary_print           burglary test print
916 U test.supervisory_print        supervisory test print
917 P test.burglary                 burglary diagnostics
918 P test.fire                     fire diagnostics
919 P test.untyped                  untyped diagnostics
920 U !                             closing with trouble
921 U access:denied: code unknown   access denied, code unknown
922 Z supervisory.point             supervisory point alarm
923 Z disabled.supervisory          supervisory point bypassed
924 Z fault.supervisory             supervisory point trouble
925 Z disabled.hold_up              hold-up point bypassed
926 P -mains.4_hours                mains lost for four hours
927 P fault.output                  output trouble
928 U !                             user code of the event
929 U !                             logged off
954 P fault.receiver                receiver connection lost
961 P fault.receiver_database       receiver database connection lost
962 P !                             licence expires
""" + "".join(f"{code} Z ! user's own {code}\n" for code in range(750, 790))


class Code(msgspec.Struct, frozen=True):
    """One line of the table."""

    counts: str
    effect: str
    name: str


def _read(table: str) -> dict[str, Code]:
    codes = {}
    for line in table.strip().splitlines():
        code, counts, rest = line.split(maxsplit=2)
        effect, _, name = rest.partition("  ") if "  " in rest else rest.partition(" ")
        codes[code] = Code(counts, effect, name.strip())
    return codes


CODES = _read(_TABLE)

CLASSES = {
    "11": Code("Z", "fire", "fire alarm of an unknown kind"),
    "1": Code("Z", "alarm", "alarm of an unknown kind"),
    "2": Code("Z", "supervisory", "fire supervisory of an unknown kind"),
    "3": Code("Z", "fault", "trouble of an unknown kind"),
    "4": Code("U", "!", "opening or access of an unknown kind"),
    "5": Code("Z", "disabled", "bypass of an unknown kind"),
    "": Code("Z", "!", "event of an unknown kind"),
}
"""What a code that is in no table comes to, by how it begins: 11 are the fire alarms, 1 alarms, and so on."""
