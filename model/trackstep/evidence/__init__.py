"""What the specification stands on: recordings, quotes, and the ledger of who judges and who breaks each clause."""
