"""The small generated estates as real clients of several libraries on the embedded Kafka, audited from beside."""
