package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

final class OptionFormsTest {
    private final DurationConverter durations = new DurationConverter();
    private final SizeConverter sizes = new SizeConverter();
    private final StreamUrl.Converter urls = new StreamUrl.Converter();

    @Test
    void readsSpansOfTime() {
        assertThat(durations.convert("250")).isEqualTo(Duration.ofMillis(250));
        assertThat(durations.convert("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(durations.convert("30s")).isEqualTo(Duration.ofSeconds(30));
        assertThat(durations.convert("5m")).isEqualTo(Duration.ofMinutes(5));
        assertThat(durations.convert("1h")).isEqualTo(Duration.ofHours(1));
        assertThatThrownBy(() -> durations.convert("soon"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("30s");
    }

    @Test
    void readsSizes() {
        assertThat(sizes.convert("4096")).isEqualTo(4096);
        assertThat(sizes.convert("64k")).isEqualTo(65_536);
        assertThat(sizes.convert("16M")).isEqualTo(16L << 20);
        assertThat(sizes.convert("1GiB")).isEqualTo(1L << 30);
        assertThatThrownBy(() -> sizes.convert("-1"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("16M");
    }

    @Test
    void readsFullUrlsOnly() {
        StreamUrl url = urls.convert("http://127.0.0.1:4437/v1/stream/ä/b");
        assertThat(url).hasToString("http://127.0.0.1:4437/v1/stream/%C3%A4/b");
        for (String bad :
                new String[] {"orders", "ftp://h/x", "http:///x", "http://h/x?offset=1"}) {
            assertThatThrownBy(() -> urls.convert(bad)).isInstanceOf(TypeConversionException.class);
        }
    }

    @Test
    void findsForksOnTheSameServer() {
        StreamUrl url = urls.convert("http://127.0.0.1:4437/v1/stream/a");
        assertThat(url.sibling("/v1/stream/b")).hasToString("http://127.0.0.1:4437/v1/stream/b");
        assertThat(url.sibling("http://127.0.0.1:4437/v1/stream/c"))
                .hasToString("http://127.0.0.1:4437/v1/stream/c");
        assertThatThrownBy(() -> url.sibling("http://localhost:4437/v1/stream/c"))
                .hasMessageContaining("another server");
    }
}
