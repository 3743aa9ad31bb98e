"""Request bodies with texts of twenty words, none of them twice."""
import json
import random
import tempfile

WORDS = """a the of and this that film movie story plot cast actor director scene camera script music ending humor charm
drama comedy thriller sequel audience screen dialogue performance character family life love war city summer night dream
warm funny dull bright slow quick honest clever tired tedious strange lovely bitter sweet gentle noisy quiet brave cold
is was feels looks seems remains becomes turns keeps loses finds gives takes makes shows tells leaves begins ends
never always often rarely almost quite very rather truly merely hardly still again once with without from into about
under over after before despite because while although than every each many few some most another its their his her our""".split()


def texts(count, seed, words=20):
    """The same for the same seed; two of them are alike about never."""
    draw = random.Random(str(seed))  # of numbers it would take 1 and -1 for the same
    return [" ".join(draw.choices(WORDS, k=words)) for _ in range(count)]


def body_of(task, text):
    return json.dumps({"inputs": text} if task == "embedding" else {"texts": [text]})


MOST_RATE = 6000  # more texts than a closed loop has answered in a second, but for a model of next to no work
PATHS = {"sentiment": "/sentiment", "embedding": "/embed", "ner": "/ner"}


class BodyFile:
    """A file with a body a line, for wrk and load_client; gone with this object."""

    def __init__(self, task, count, seed):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".bodies")
        self.file.writelines(body_of(task, text) + "\n" for text in texts(count, seed))
        self.file.flush()
        self.count = count

    def __str__(self):
        return self.file.name
