package dev.siltstone.stream;

/// Is told what became of a command, exactly once, by the thread that leads the log at that moment. Must
/// return at once and not throw: others wait for theirs.
@FunctionalInterface
public interface Completion {
    void complete(Outcome outcome);
}
