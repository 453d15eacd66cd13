package dev.siltstone.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PutOptionsTest {
    @Test
    void takesOnlyMetadataThatEveryStoreKeeps() {
        assertThat(PutOptions.NONE.and("a-1", "x y").metadata()).containsEntry("a-1", "x y");
        for (String name : new String[] {"", "A", "a_b", "a b", "ä"}) {
            assertThatThrownBy(() -> PutOptions.NONE.and(name, "x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("user metadata name");
        }
        for (String value : new String[] {" x", "x ", "ä", "a\nb"}) {
            assertThatThrownBy(() -> PutOptions.NONE.and("name", value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"name\"");
        }
        assertThatThrownBy(() -> PutOptions.NONE.and("name", "x".repeat(2045)))
                .hasMessageContaining("2049 bytes; at most 2048");
    }
}
