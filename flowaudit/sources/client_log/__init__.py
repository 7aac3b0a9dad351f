"""What sources share that read lines about clients: files that grow, and the sum of what their lines say."""

from flowaudit.sources.client_log.accesses import Access, Accesses
from flowaudit.sources.client_log.blind_spots import FileTroubles, auditor_client
from flowaudit.sources.client_log.following import take_new_lines
from flowaudit.sources.client_log.growing_file import FileUnreadable, GrowingFile, Lines
from flowaudit.sources.client_log.words import ANONYMOUS, LineUndecodable, is_auditor, topic_name

__all__ = [
    "ANONYMOUS",
    "Access",
    "Accesses",
    "FileTroubles",
    "FileUnreadable",
    "GrowingFile",
    "LineUndecodable",
    "Lines",
    "auditor_client",
    "is_auditor",
    "take_new_lines",
    "topic_name",
]
