package dev.siltstone.server;

import dev.siltstone.server.http.Access;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bearer tokens in a file, one a line; lines that are empty or begin with `#` mean nothing. Read again when
/// the file has changed, which is looked for at most once a second. If it cannot be read then, the tokens
/// that were good stay good, and the log says so.
///
/// Tokens are kept and compared as SHA-256 digests, all of them every time, so that the time an answer takes
/// tells nothing about them.
///
/// Thread-safe.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc6750">RFC 6750, "Bearer Token Usage"</a>
final class TokenFile implements Access {
    private static final Logger LOGGER = LoggerFactory.getLogger(TokenFile.class);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final String SCHEME = "bearer ";

    private final Path file;
    private final InstantSource clock;
    private volatile Tokens tokens;
    private volatile Instant looked;

    /// What tells one state of a file from another.
    private record Version(FileTime modified, long size, @Nullable Object fileKey) {
        static Version of(Path file) throws IOException {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(
                    attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        }
    }

    private record Tokens(@Nullable Version version, List<byte[]> digests) {}

    private TokenFile(Path file, InstantSource clock, Tokens tokens) {
        this.file = file;
        this.clock = clock;
        this.tokens = tokens;
        this.looked = clock.instant();
    }

    /// Reads the tokens.
    ///
    /// @throws IOException if there are none; the message says why
    static TokenFile open(Path file, InstantSource clock) throws IOException {
        try {
            return new TokenFile(file, clock, read(file));
        } catch (IOException e) {
            throw new IOException("the token file " + file + " " + problem(e), e);
        }
    }

    @Override
    public boolean isOpen() {
        return false;
    }

    @Override
    public boolean allows(@Nullable String authorization) {
        lookForChange();
        if (authorization == null
                || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] presented = digest(authorization.substring(SCHEME.length()).strip());
        boolean known = false;
        for (byte[] digest : tokens.digests()) {
            known |= MessageDigest.isEqual(digest, presented);
        }
        return known;
    }

    private void lookForChange() {
        Instant now = clock.instant();
        if (Duration.between(looked, now).compareTo(LOOK_INTERVAL) < 0) {
            return;
        }
        looked = now;
        Tokens old = tokens;
        Version version = null;
        try {
            version = Version.of(file);
            if (!version.equals(old.version())) {
                tokens = read(file);
                LOGGER.info("read {} tokens from {}", tokens.digests().size(), file);
            }
        } catch (IOException e) {
            if (!Objects.equals(version, old.version())) {
                LOGGER.warn("the token file {} {}; the old tokens stay good", file, problem(e));
                tokens = new Tokens(version, old.digests()); // said once
            }
        }
    }

    private static Tokens read(Path file) throws IOException {
        Version version = Version.of(file); // first: a change while reading is seen the next time
        List<byte[]> digests = new ArrayList<>();
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            String token = line.strip();
            if (!token.isEmpty() && !token.startsWith("#")) {
                digests.add(digest(token));
            }
        }
        if (digests.isEmpty()) {
            throw new NoTokensException();
        }
        return new Tokens(version, List.copyOf(digests));
    }

    private static final class NoTokensException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static String problem(IOException e) {
        return e instanceof NoTokensException
                ? "has no tokens: write one to a line"
                : "cannot be read: " + e;
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
