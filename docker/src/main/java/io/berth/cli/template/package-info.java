/**
 * The part of Go's text/template that docker's {@code --format} uses, over plain values: maps,
 * lists, strings, numbers and booleans.
 */
package io.berth.cli.template;
