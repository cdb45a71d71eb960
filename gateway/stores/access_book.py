"""The words of the ledger's book of accounts: what we write there, and what any presets of it must know."""

from ledger.fields import FieldKind

BOOK, ACTION = "access", "action"
"""The ledger's book of accounts, and its field that says what happened."""
ACTIONS = (
    *("added", "enabled", "disabled", "role", "password", "areas"),
    *("code_given", "card_given", "code_taken", "code_used"),
)
"""What is written there of changes: each of them a choice of that field."""
FIELDS: dict[str, FieldKind] = {"account": "text", "role": "text", "changed": "text", "number": "whole"}
"""And the other fields of such an entry."""
