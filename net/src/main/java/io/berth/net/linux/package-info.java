/**
 * What the kernel is asked about networks: namespaces, links, addresses and routes over rtnetlink,
 * nf_tables over nfnetlink, and sockets that hold ports. Nothing else in this module calls it.
 */
package io.berth.net.linux;
