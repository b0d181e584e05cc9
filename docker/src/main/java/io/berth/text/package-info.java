/** Values as docker words them for people. */
package io.berth.text;
