"""What the ledger says, read on from where it was left."""
