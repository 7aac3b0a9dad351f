"""flowaudit: where does the data in a Kafka estate really go, and who gets to join it with what?"""

__version__ = "0.1.0"
