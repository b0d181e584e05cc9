package io.berth.cli.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checked against Go's own text/template; null stands for the nil pointers of docker's structs. */
class GoTemplateTest {
  private static final Map<String, Object> VALUE = new LinkedHashMap<>();

  static {
    VALUE.put("Name", "web");
    VALUE.put("Count", 3L);
    VALUE.put("Ratio", 1.5);
    VALUE.put("On", true);
    VALUE.put("Nothing", null);
    VALUE.put("Empty", "");
    VALUE.put("List", List.of("a", "b", "c"));
    VALUE.put("Labels", Map.of("two.x", "2", "one", "1"));
    VALUE.put("State", Map.of("Running", true, "Health", Map.of("Status", "healthy")));
    VALUE.put("Mounts", List.of(Map.of("Source", "/s", "Target", "/t")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\u0001',
      value = {
        "plain~plain",
        "{{.Name}}~web",
        "{{ .Name }}-{{.Count}}~web-3",
        "{{.State.Health.Status}}~healthy",
        "{{.Ratio}} {{.On}} {{.Nothing}}~1.5 true <nil>",
        "{{.List}} {{.Labels}}~[a b c] map[one:1 two.x:2]",
        "{{json .List}}~[\"a\",\"b\",\"c\"]",
        "{{.Labels | json}}~{\"one\":\"1\",\"two.x\":\"2\"}",
        "{{json .Nothing}}~null",
        "{{index .Labels \"two.x\"}}~2",
        "{{index .List 1}}~b",
        "{{(index .Mounts 0).Source}}~/s",
        "{{index .Labels \"missing\"}}.~.",
        "{{join .List \", \"}}~a, b, c",
        "{{upper .Name}} {{lower \"ABC\"}} {{title \"ab cd\"}}~WEB abc Ab Cd",
        "{{split \"a:b\" \":\"}}~[a b]",
        "{{truncate .Name 2}}|{{pad .Name 1 2}}|~we| web  |",
        "{{len .List}} {{len .Name}} {{len .Labels}}~3 3 2",
        "{{slice .Name 1 2}}~e",
        "{{printf \"%s=%d|%5s|%-5s|%q|%v\" .Name .Count \"x\" \"y\" .Name .List}}~web=3|    x|y    |\"web\"|[a b c]",
        "{{print .Name 1 2}}~web1 2",
        "{{if .On}}yes{{else}}no{{end}}~yes",
        "{{if .Empty}}yes{{else}}no{{end}}~no",
        "{{if .Empty}}a{{else if .On}}b{{else}}c{{end}}~b",
        "{{if eq .Name \"x\" \"web\"}}same{{end}}~same",
        "{{if and .On .Name}}{{.Name}}{{end}}~web",
        "{{or .Empty .Name}} {{and .Empty .Name}}|~web |",
        "{{not .On}}~false",
        "{{lt .Count 4}} {{ge .Count 4}} {{ne .Name \"a\"}}~true false true",
        "{{range .List}}<{{.}}>{{end}}~<a><b><c>",
        "{{range $i, $e := .List}}{{$i}}{{$e}} {{end}}.~0a 1b 2c .",
        "{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}~one=1;two.x=2;",
        "{{range .Mounts}}{{.Source}}:{{.Target}}{{$.Name}}{{end}}~/s:/tweb",
        "{{range .Empty2}}{{end}}~",
        "{{range .List}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}~ac",
        "{{range .List}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}~a",
        "{{with .State}}{{.Running}}{{end}}~true",
        "{{with .Empty}}x{{else}}none{{end}}~none",
        "{{$n := .Name}}{{$n}}{{$n = \"b\"}}{{$n}}~webb",
        "a {{- .Name -}} b~awebb",
        "a {{/* nothing */}}b~a b",
        "{{\"a\\tb\"}}{{`raw\\n`}}~a\tbraw\\n",
        "{{.}}~",
      })
  void rendersAsGoDoes(String template, String expected) {
    Map<String, Object> value = new LinkedHashMap<>(VALUE);
    value.put("Empty2", List.of());
    if (template.equals("{{.}}")) {
      assertThat(GoTemplate.parse(template).render(List.of(1L, 2L))).isEqualTo("[1 2]");
      return;
    }

    assertThat(GoTemplate.parse(template).render(value))
        .isEqualTo(expected == null ? "" : expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\u0001',
      value = {
        "{{.Name~unclosed action",
        "{{end}}~unexpected {{end}}",
        "{{if .On}}x~has no {{end}}",
        "{{foo .Name}}~function \"foo\" not defined",
        "{{}}~missing value for command",
        "{{.Name | }}~missing value for command",
        "{{\"abc}}~unterminated quoted string",
        "{{range .List}}{{else}}{{else}}{{end}}~has no {{end}}",
        "{{break}}~outside {{range}}",
        "{{template \"x\"}}~not supported",
        "{{/* open~unclosed comment",
        "{{.Name ? 1}}~unexpected \"?\"",
      })
  void refusesWhatIsNoTemplate(String template, String message) {
    assertThatThrownBy(() -> GoTemplate.parse(template))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void namesTheFieldThatIsNotThere() {
    assertThatThrownBy(() -> GoTemplate.parse("{{.State.Nope}}").render(VALUE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "template parsing error: template: :1:3: executing \"\" at <.State.Nope>:"
                + " map has no entry for key \"Nope\"");
  }

  @Test
  void endsALine() {
    assertThat(GoTemplate.parse("{{println .Name 1}}").render(VALUE)).isEqualTo("web 1\n");
  }

  @Test
  void tellsWhichFieldsItNames() {
    assertThat(GoTemplate.parse("{{.ID}}\t{{json .Names}} {{.ID}}").fields())
        .containsExactly("ID", "Names");
  }
}
