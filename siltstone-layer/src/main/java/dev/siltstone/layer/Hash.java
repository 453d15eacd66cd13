package dev.siltstone.layer;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256, which every Java has.
///
/// Not thread-safe: one per thread.
final class Hash {
    private final MessageDigest sha = create();

    private static MessageDigest create() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static Digest of(byte[] bytes) {
        return new Hash().digest(bytes, 0, bytes.length);
    }

    Digest digest(byte[] bytes, int start, int length) {
        sha.update(bytes, start, length);
        return end();
    }

    void add(byte[] bytes, int start, int length) {
        sha.update(bytes, start, length);
    }

    /// Returns the digest of everything added, and begins anew.
    Digest end() {
        return Digest.of(sha.digest());
    }
}
