"""Findings as text: JSON, SARIF, JUnit, Markdown, all from one report.

Public: :func:`flowaudit.exports.findings.render.render_findings`.
"""
