"""The Kafka clients of the estate, one adapter a library: `run(pump)` works until the pump's link says stop.

They differ as clients differ in life (idempotent, transactional, manual and automatic commits); what they carry is
the program's business.
"""
