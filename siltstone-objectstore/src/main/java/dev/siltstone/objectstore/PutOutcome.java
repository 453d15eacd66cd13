package dev.siltstone.objectstore;

/// How a put that must not replace anything ended.
public sealed interface PutOutcome {
    /// The object is there, and it is the one that was put.
    ///
    /// @param etag of the object; empty where it is not known
    record Created(String etag) implements PutOutcome {}

    /// There was an object of that key before, by somebody else or an earlier call. It was not changed.
    record AlreadyThere() implements PutOutcome {}
}
