--------------------------------- MODULE MC ---------------------------------
(***************************************************************************)
(* What TLC needs to explore Promises.tla, and nothing that is promised.   *)
(***************************************************************************)
EXTENDS Promises, TLC, Sequences

\* Two states are one if the same may happen next: what came back last is left out, and where a dead tracker was.
View == <<group, tracker, [t \in TrackingId |->
            IF groupOf[t] # Nobody /\ tracker[t] = "GONE" THEN "dead" ELSE groupOf[t]]>>

\* Prints each edge of the graph as it is found: from where, what was asked and came back, to where if elsewhere.
Edge == PrintT("EDGE " \o ToString(View) \o " ; " \o ToString(outcome') \o " ; " \o
               IF View' = View THEN "" ELSE ToString(View'))

\* Takes the place of Says where answers are not looked at, so that they make no states of their own.
Silent(request, about, answer, shown) == UNCHANGED outcome

\* Takes the place of Request where a behaviour is to be short: what changes nothing is left out.
Done(name, about, reasons, shown, effect) ==
    (\A reason \in reasons : reason.open /\ Lenient) /\ Says(name, about, "accepted", shown) /\ effect /\ world' # world
=============================================================================
