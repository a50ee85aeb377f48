"""What follows from a car's history, in plain Python: no query, no clock, no model. services.care reads the facts and writes what comes out.

`visits` says what a repair order was, `pace` how far the car is driven, `planning` what is due when, `insurance` which policy leads.
"""
