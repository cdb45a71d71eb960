"""Figures of alarm management (ISA-18.2, IEC 62682, EEMUA 191): counted from committed steps of alerts, never live."""
