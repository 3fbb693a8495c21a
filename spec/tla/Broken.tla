------------------------------- MODULE Broken -------------------------------
(***************************************************************************)
(* Guards that are wrong, each in the place of one in EventTracker.tla.    *)
(***************************************************************************)
EXTENDS MC

\* Nobody looks whether the dataset group is taken.
NeverOccupied(g) == {}

\* Only an ACTIVE event tracker is looked for, as if one being created did not exist yet.
OccupiedWhileActive(g) == Reason(Holds(g, {"ACTIVE"}), {AlreadyExists}, FALSE)
=============================================================================
