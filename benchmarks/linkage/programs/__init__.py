"""What programs do, without a clock and without Kafka: the player and real clients run the very same ones."""
