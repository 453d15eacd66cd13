package dev.siltstone.stream;

/// What a command comes to, given the state.
sealed interface Decision {
    /// Nothing is written; the answer waits for the state that it rests on.
    record Answer(Outcome outcome) implements Decision {}

    /// An entry is written.
    record Write(Entry entry) implements Decision {}
}
