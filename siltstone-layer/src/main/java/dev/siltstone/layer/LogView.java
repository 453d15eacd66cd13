package dev.siltstone.layer;

/// The log as far as it was read; what the next record needs to know of it.
///
/// @param checksum of the last record; [LogRecord#NONE] before the first
/// @param base number of the last record that carries a state; 0 if none does
/// @param bytesSinceBase of all records after it
record LogView(LogState state, Digest checksum, long base, long bytesSinceBase) {
    static final LogView EMPTY = new LogView(LogState.EMPTY, LogRecord.NONE, 0, 0);

    long number() {
        return state.number();
    }

    /// Returns the view with one more record.
    ///
    /// @param bytes of the record
    /// @throws LayerDamagedException if it does not follow, or carries another state than the records make
    LogView plus(LogRecord record, byte[] bytes) throws LayerDamagedException {
        String object = RecordFormat.key(record.number()).value();
        if (!record.previous().equals(checksum)) {
            throw new LayerDamagedException(
                    object,
                    60,
                    "it follows another record than " + number(),
                    checksum.toString(),
                    record.previous().toString());
        }
        LogState next = state.apply(record.number(), record.time(), record.body());
        LogState told = record.state();
        if (told == null) {
            return new LogView(
                    next, RecordFormat.checksum(bytes), base, bytesSinceBase + bytes.length);
        }
        if (!told.equals(next)) {
            throw new LayerDamagedException(
                    object,
                    0,
                    "it carries another state than the records make",
                    Hash.of(StateFormat.encode(next)).toString(),
                    Hash.of(StateFormat.encode(told)).toString());
        }
        return new LogView(next, RecordFormat.checksum(bytes), record.number(), 0);
    }
}
