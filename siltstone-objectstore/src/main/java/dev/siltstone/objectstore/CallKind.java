package dev.siltstone.objectstore;

/// The kinds of request a store gets; one call of an [ObjectStore] method is one request.
public enum CallKind {
    GET,
    HEAD,
    PUT,
    PUT_IF_ABSENT,
    LIST,
    DELETE,
    DELETE_BATCH,
    UPLOAD_START,
    UPLOAD_PART,
    UPLOAD_LIST_PARTS,
    UPLOAD_COMPLETE,
    UPLOAD_COMPLETE_IF_ABSENT,
    UPLOAD_ABORT
}
