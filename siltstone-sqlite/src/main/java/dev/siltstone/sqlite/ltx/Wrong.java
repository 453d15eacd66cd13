package dev.siltstone.sqlite.ltx;

/// What is wrong with some bytes, before anybody knows whose they are.
record Wrong(long filePosition, String reason, String expected, String actual) {
    /// Returns the same behind a file position.
    Wrong at(long start) {
        return new Wrong(start + filePosition, reason, expected, actual);
    }

    LtxDamagedException in(String file) {
        return new LtxDamagedException(file, filePosition, reason, expected, actual);
    }
}
