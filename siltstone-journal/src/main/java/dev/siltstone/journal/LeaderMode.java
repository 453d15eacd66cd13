package dev.siltstone.journal;

/// Who leads a [GroupCommit].
public enum LeaderMode {
    /// Whoever calls [GroupCommit#lead()] and finds it free. Best where a force is quick: no hand-over.
    CALLER,
    /// A thread of its own. Best where a force is slow: callers go on with their work meanwhile.
    DEDICATED,
    /// `CALLER` while commits are quick, `DEDICATED` while they are slow.
    ADAPTIVE
}
