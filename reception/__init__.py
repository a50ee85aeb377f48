"""The reception desk: who is expected and who is here, what to settle with her face to face, and the care she gets while she waits.

Reads the floors below and settles through their services; owns only arrivals, lounge notes and confirmations of added work.
"""
