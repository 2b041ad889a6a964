"""Mistakes with guesses: what cannot be asked, and answers and results that do not fit the question."""

from advice.follow_advice import Case

#: one question of each kind; names are those of no other case
NUMBER = "cl.guess('number', 'How many?', between=(0, 100))\n"
LARGE = "cl.guess('large', 'How many?', between=(1234567, 1234569))\n"
CHOICE = "cl.guess('choice', 'Which?', choices=['yes', 'no'])\n"
ORDER = "cl.guess('order', 'Which first?', order=['a', 'b', 'c'])\n"
CURVE = "cl.guess('curve', 'How does it fall?', curve={'epoch': (0, 10), 'loss': (0, 2)})\n"
FINITE = "value = 0.5\nnp.isfinite(value)\n"
#: nothing was asked yet in this kernel nor before
FRESH = (
    "from capslab.exercises import guess_record\n"
    "with patch.object(guess_record, 'record', guess_record.GuessRecord()), "
    "patch.dict('os.environ', CAPSLAB_HOME=str(folder / 'home')):\n"
)

ASKED = [
    Case("cl.guess('', 'How many?', between=(0, 9))"),
    Case("cl.guess(3, 'How many?', between=(0, 9))"),
    Case("cl.guess('empty', ' ', between=(0, 9))"),
    Case("cl.guess('unit', 'How many?', between=(0, 9), unit=3)"),
    Case("cl.guess('kind', 'How many?')"),
    Case("cl.guess('kinds', 'How many?', between=(0, 9), choices=['yes', 'no'])"),
    Case("cl.guess('kinds', 'How?', between=(0, 9), choices=['yes', 'no'], order=['yes', 'no'])"),
    Case("cl.guess('range', 'How many?', between=9)"),
    Case("cl.guess('turned', 'How many?', between=(500, 200), answer=300)"),
    Case("cl.guess('turned', 'How many?', between=(0.30000001, 0.1), answer=0.30000001)"),
    Case("cl.guess('range', 'How many?', between=(np.nan, 9))"),
    Case("cl.guess('axes', 'How?', curve=[0, 10])"),
    Case("cl.guess('axes', 'How?', curve={'epoch': (0, 10), 'loss': 2})"),
    Case("cl.guess('text', 'Which?', choices='yes')"),
    Case("cl.guess('text', 'Which?', order='first')"),
    Case("cl.guess('texts', 'Which?', choices=['yes', None])"),
    Case("cl.guess('texts', 'Which?', order=['first', ''])"),
    Case("cl.guess('twice', 'Which?', choices=['yes', 'yes'])"),
    Case("cl.guess('twice', 'Which?', choices=['yes', 'no', 'yes'], answer='no')"),
    Case("cl.guess('twice', 'Which?', order=[*range(13), 0])"),
    Case("cl.guess('one', 'Which?', choices=['yes'])"),
    Case("cl.guess('many', 'Which?', order=list(range(13)))"),
    Case("cl.guess('lesson', 'How many?', between=(0, 9), lesson=True)"),
    Case(NUMBER + "cl.guess('number', 'How much?', between=(0, 9))"),
    Case(
        NUMBER + "cl.guess('number_2', 'How much?', between=(0, 9))\n"
        "cl.guess('number', 'Something else?', between=(0, 9))"
    ),
]

ANSWERED = [
    Case("cl.guess('answer', 'How many?', between=(0, 100), answer=300)"),
    Case("cl.guess('answer', 'How many?', between=(1234567, 1234569), answer=1)"),
    Case("cl.guess('answer', 'How many?', between=(0, 100), answer='many')"),
    Case("cl.guess('answer', 'How many?', between=(0, 100), answer=np.inf)"),
    Case("cl.guess('answer', 'Which?', choices=['yes', 'no'], answer='maybe')"),
    Case("cl.guess('answer', 'Which?', choices=['yes', 'no'], answer=['yes'])"),
    Case("cl.guess('answer', 'Which?', order=['a', 'b'], answer='ab')"),
    Case("cl.guess('answer', 'Which?', order=['a', 'b'], answer=['a', None])"),
    Case("cl.guess('answer', 'Which?', order=['a', 'b'], answer=['a', 'a'])"),
    Case("cl.guess('answer', 'How?', curve={'x': (0, 1), 'y': (0, 2)}, answer=[0, 3])"),
    Case("cl.guess('answer', 'How?', curve={'x': (0, 1), 'y': (1234567, 1234569)}, answer=[0, 3])"),
    Case("cl.guess('answer', 'How?', curve={'x': (0, 1), 'y': (1234567, 1234569)}, answer='flat')"),
    Case("cl.guess('answer', 'How?', curve={'x': (0, 1), 'y': (0, 2)}, answer=[0, np.nan])"),
    Case("cl.guess('answer', 'How?', curve={'x': (0, 1), 'y': (0, 2)}, answer=([0, 1], [1]))"),
]

REVEALED = [
    Case(FRESH + "    cl.reveal('nothing', 3)", then=NUMBER + "cl.guess\ncl.reveal('number', 3)"),
    Case(NUMBER + "cl.reveal('numbr', 3)"),
    Case(NUMBER + "cl.reveal('xyzxyz', 3)", then=NUMBER + "cl.guess\ncl.reveal('number', 3)"),
    Case("cl.guess('first', 'How many?', between=(0, 9))\ncl.reveal(3, 3)"),
    Case(NUMBER + "cl.reveal('number', 'many')"),
    Case("cl.guess('a \"guess\"', 'How many?', between=(0, 9))\ncl.reveal('a \"guess\"', 'many')"),
    Case(NUMBER + "cl.reveal('number', np.nan)", then=NUMBER + FINITE + "cl.reveal('number', value)"),
    Case(CHOICE + "cl.reveal('choice', 'maybe')"),
    Case(CHOICE + "cl.reveal('choice', ['yes'])"),
    Case(ORDER + "cl.reveal('order', 3)"),
    Case(ORDER + "cl.reveal('order', ['a', 'b'])"),
    Case(CURVE + "cl.reveal('curve', 3)"),
    Case(CURVE + "cl.reveal('curve', ([0, 1], [1]))"),
    Case(CURVE + "cl.reveal('curve', [1, np.inf])", then=CURVE + FINITE + "cl.reveal('curve', [1, value])"),
    Case(
        CURVE + "cl.reveal('curve', ([20, 30], [1, 2]))",
        then="cl.guess('curve', 'How does it fall?', curve={'epoch': (0, 30), 'loss': (0, 2)})\n"
        "cl.reveal('curve', ([20, 30], [1, 2]))",
    ),
    Case(NUMBER + "cl.reveal('number', 3, words=7)"),
    Case("cl.guesses('')"),
    Case("cl.recall('00')"),
]

GUESSES = [*ASKED, *ANSWERED, *REVEALED]
