package dev.siltstone.journal;

import java.util.List;

/// What becomes of the commands of a [GroupCommit]. Called by one thread at a time, the leader; what one
/// leader did happens before what the next one does.
public interface BatchHandler<C> {
    /// Adds a command to the batch.
    ///
    /// @return whether it was added; `false` if it does not fit: the batch is committed, and the command offered
    ///     again. An empty batch must take it
    boolean add(C command);

    /// Makes durable what was added. How long that takes says how quick the disk is. Failures are for [#answer] to
    /// tell: it must not throw.
    void commit();

    /// Publishes what was committed, and answers. Called after each [#commit]; must not throw.
    void answer();

    /// Called once, if `add`, `commit` or `answer` did throw: none is called again. Whoever was promised an answer
    /// gets none unless this gives it. Must not throw.
    ///
    /// @param left what was queued and never added, the command whose `add` threw included
    default void broken(List<C> left, Throwable cause) {}

    /// Called by [GroupCommit#whenIdle] while nothing is queued. Must not throw.
    default void idle() {}
}
