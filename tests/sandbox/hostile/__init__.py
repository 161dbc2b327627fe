"""Programs that mean harm, and the proof that none comes of them.

``attack`` says what an attack is, ``scene`` what it could harm (files, listeners, a victim process, secrets), and each
family of attacks is one table. ``test_hostile`` runs them all.
"""
