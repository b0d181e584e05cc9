/** Calls of the Engine API: versions, documents, streams of documents, and errors. */
package io.berth.remote.call;
