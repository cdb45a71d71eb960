"""Everything that waits: transports, stores, the pipeline, the program."""
