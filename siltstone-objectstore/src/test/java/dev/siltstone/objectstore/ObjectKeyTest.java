package dev.siltstone.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectKeyTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | is empty",
                "/a | empty segment",
                "a/ | empty segment",
                "a//b | empty segment",
                "/ | empty segment",
                ". | has the segment \".\"",
                "a/../b | has the segment \"..\"",
                "a/b/.. | has the segment \"..\"",
                "'a\nb' | control character",
                "'a\u0000b' | control character",
                "'a\u007fb' | control character",
                "'a\ud800b' | not well-formed",
            })
    void refusesWhatSomeStoreCannotHold(String value, String reason) {
        assertThatThrownBy(() -> ObjectKey.of(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
        assertThat(ObjectKey.isValid(value)).isFalse();
    }

    @Test
    void refusesWhatIsTooLong() {
        assertThat(ObjectKey.isValid("ä".repeat(512))).isTrue();
        assertThatThrownBy(() -> ObjectKey.of("ä".repeat(512) + "a"))
                .hasMessageContaining("longer than 1024 bytes");
    }

    @Test
    void sortsByUtf8() {
        List<ObjectKey> keys =
                Stream.of("a", "a-b", "a/b", "aa", "b", "ä", "\uFFFD", "\uD83D\uDE00")
                        .map(ObjectKey::of)
                        .toList();

        assertThat(keys.reversed().stream().sorted()).isEqualTo(keys);
    }
}
