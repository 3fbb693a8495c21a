"""The formal half: TLC on ``spec/tla/``, and its state graph beside that of the Python model.

``tool`` finds Java and the jar, ``tlc`` runs a module and reads what came of it, ``literal`` reads TLA+ values,
``story`` tells a behaviour as calls, ``configuration`` holds what is proved. ``graph`` is a labelled graph: ``dumped``
makes one of the TLA+ module, ``explored`` one of the Python model. ``behaviour`` makes events of a recorded history,
``validation`` lets TLC explain them, ``opinion`` holds that beside the judge; ``generated`` makes programs of its
behaviours, ``itf`` writes and reads the trace format of Apalache. ``plain`` reads the tables a second time, for a
service whose statuses are known; ``exhaustive`` holds the judge to it by trying all there is, and ``known`` is asked.
``relation`` makes of it what may happen, said in ``logic`` for any number; ``cut`` down to a few it is a third graph.
``formula`` reads the promises of the module, ``meaning`` says what they are of, ``theorem`` which are to be proved;
``proof`` puts them to z3 (``solver``), ``counterexample`` tells what fails. ``changed`` changes each row, ``mutation``
names what that breaks, and ``survivor`` why nothing does.
"""
