"""What each system of the estate does with a record: one module a system, no Kafka, no clock."""
