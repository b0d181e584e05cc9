package io.berth.cli.template;

import io.berth.error.InvalidInputException;

/** A template that cannot be parsed, or does not fit the values. */
final class TemplateException extends InvalidInputException {
  private static final long serialVersionUID = 1L;

  TemplateException(String message) {
    super("template parsing error: template: :" + message);
  }
}
