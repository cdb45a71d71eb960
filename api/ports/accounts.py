"""Who may sign in, and what happened at the door."""

from typing import Literal, Protocol

AccessAction = Literal["signed_in", "signed_out", "failed", "locked_out"]


class Accounts(Protocol):
    """Who may sign in, and what happened at the door."""

    def check_password(self, user: str, password: str) -> str | None:
        """The user's role (gateway/stores/users.py), or None. Slow on purpose (Argon2)."""
        ...

    def role(self, user: str) -> str | None: ...

    def areas(self, user: str) -> tuple[str, ...]:
        """The key areas that an account is limited to; none: everywhere. In doubt, what was known last."""
        ...

    def set_password(self, user: str, password: str) -> None:
        """A person's own new password; ends every session of the account. Raises Refused. Slow on purpose."""

    def note_access(self, action: AccessAction, account: str, address: str) -> None:
        """For the ledger: what happened at the door. Cheap; what comes in a flood is counted."""
