package dev.siltstone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
    @TempDir private Path directory;
    private Path file;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;

    @BeforeEach
    void chooseFile() {
        file = directory.resolve("tokens");
    }

    @Test
    void letsInWhoBringsOneOfTheTokens() throws IOException {
        write("# people\nalpha\n\n  beta  \r\n");
        TokenFile tokens = TokenFile.open(file, clock);
        assertThat(tokens.allows("Bearer alpha")).isTrue();
        assertThat(tokens.allows("bearer  beta ")).isTrue();
        assertThat(tokens.isOpen()).isFalse();
    }

    @Test
    void keepsOutEverybodyElse() throws IOException {
        write("# people\nalpha\n");
        TokenFile tokens = TokenFile.open(file, clock);
        assertThat(tokens.allows(null)).isFalse();
        assertThat(tokens.allows("")).isFalse();
        assertThat(tokens.allows("alpha")).isFalse();
        assertThat(tokens.allows("Bearer ")).isFalse();
        assertThat(tokens.allows("Bearer alph")).isFalse();
        assertThat(tokens.allows("Bearer alpha2")).isFalse();
        assertThat(tokens.allows("Bearer # people")).isFalse();
        assertThat(tokens.allows("Basic alpha")).isFalse();
    }

    @Test
    void readsTheFileAgainWhenItHasChanged() throws IOException {
        write("alpha\n");
        TokenFile tokens = TokenFile.open(file, clock);
        write("beta\n");
        later(500);
        assertThat(tokens.allows("Bearer alpha")).as("looked at most once a second").isTrue();
        later(500);
        assertThat(tokens.allows("Bearer alpha")).isFalse();
        assertThat(tokens.allows("Bearer beta")).isTrue();
    }

    @Test
    void noticesAFileThatTookThePlaceOfTheOldOne() throws IOException {
        write("alpha\n");
        FileTime time = Files.getLastModifiedTime(file);
        TokenFile tokens = TokenFile.open(file, clock);
        Path other = directory.resolve("other");
        Files.writeString(other, "gamma\n"); // of the same length, and made to look as old
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        later(1000);
        assertThat(tokens.allows("Bearer gamma")).isTrue();
    }

    @Test
    void keepsTheTokensWhenTheFileCannotBeReadAnyMore() throws IOException {
        write("alpha\n");
        TokenFile tokens = TokenFile.open(file, clock);
        Files.delete(file);
        later(1000);
        assertThat(tokens.allows("Bearer alpha")).isTrue();
        write("# nobody\n");
        later(1000);
        assertThat(tokens.allows("Bearer alpha")).isTrue();
        write("beta\n");
        later(1000);
        assertThat(tokens.allows("Bearer alpha")).isFalse();
        assertThat(tokens.allows("Bearer beta")).isTrue();
    }

    @Test
    void doesNotOpenWithoutTokens() throws IOException {
        assertThatThrownBy(() -> TokenFile.open(file, clock))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be read")
                .hasMessageContaining(file.toString());
        write("# nobody\n\n");
        assertThatThrownBy(() -> TokenFile.open(file, clock))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has no tokens");
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
        // Two writes within the grain of the file system's clock must differ all the same.
        Files.setLastModifiedTime(file, FileTime.from(now.plusMillis(text.hashCode() % 1000)));
    }

    private void later(long millis) {
        now = now.plusMillis(millis);
    }
}
