"""Where things are kept: time series, and the relational store of alerts and ledger."""
