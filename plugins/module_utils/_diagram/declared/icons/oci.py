# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Icons for Oracle Cloud in TMI's web editor: type and subcategory -> names, of which each appears once."""

from __future__ import annotations

NAMES = {
    "categories/categories": """
artificial-intelligence big-data cloud-native-environment data-lake data-lakehouse machine-learning
microservices oci-multicloud other-oracle-cloud-service private-cloud
""",
    "groups/groups": "autoscaling block-storage-multiple instance-pools ip-pools multiple-containers user-group",
    "resources/resources": """
adb-d adb-exadata-cloudcustomer adw-d alarms api-service atp-d back-up-restore backbone bare-metal-compute
block-storage-cloning burstable-vm byoip certificates compartments container cross-domain
customer-premises-equipment data-guard-recovery database database-flashback database-raster dedicated-region
drg elastic-performance encryption exadata-cloudcustomer file-storage-clone file-storage-cloning-process
file-storage-mount-target file-storage-replica file-storage-replication-process file-storage-snapshots flex-vm
flexible-load-balancer goldengate-application-adapter goldengate-director goldengate-hp-non-stop-guardian
goldengate-monitor goldengate-plug-in goldengate-studio inter-region-latency internet internet-gateway
key-vault local-peering-gateway local-storage logic-flow maximum-security-zone message-listener
message-producer nat-gateway network-switch nsg oci-object-storage-buckets oke-virtual-node
on-premises-data-center oracle-cloud-identifier oracle-services-network organization persistent-volume
policies policies-raster private-endpoint-ip rac remote-agent remote-peering route-table
route-table-and-security-list roving-edge-device-red roving-edge-infrastructure roving-edge-ultra
security-lists service-gateway tagging transaction-manager user user-raster vcn vcn-flow-logs
vcn-region-identifier virtual-machine virtual-machine-application virtual-machine-generic virtual-machine-gpu
virtual-machine-raster vnic vtap workflow
""",
    "services/services": """
active-directory apex api-gateway application-dependency-management application-performance-monitoring
auditing auditing-raster bastion bi-cloud-connector block-storage blockchain cdn cloud-advisor cloud-guard
cloud-migrations cloud-operations container-instances container-registry content-delivery-network-service
content-management cpq crm data-catalog data-flow data-guard data-integrator data-safe data-transfer
database-management database-migration ddos-protection devops digital-assistant digital-media dns
document-understanding e-business-suite email-delivery engagement epm erp essbase estate-explorer events
exadata-fleet-update fastconnect file-storage financials firewall forecasting full-stack-disaster-recovery
fusion goldengate goldengate-free goldengate-on-premises goldengate-stream-analytics goldengate-veridata hcm
health-checks healthcare iam innovation-management integration inventory-management iot jet key-management
license-manager load-balancer load-balancer-raster logging logging-analytics logging-raster manufacturing
marketplace media-flow media-streams migration-workbench monitoring mysql-database-system mysql-heatwave
network-path-analyzer network-performance-inspector network-visualizer nosql-database notifications
object-storage oci-compute oci-container-engine-for-kubernetes oci-container-registry oci-data-integration
oci-data-science oci-database-with-postgresql oci-functions oci-generative-ai oci-language
oci-migrate-autonomous-database oci-object-storage oci-process-automation oci-queue oci-speech oci-streaming
oci-vision opensearch operations-insights oracle-analytics-cloud oracle-autonomous-data-warehouse
oracle-autonomous-database oracle-autonomous-transaction-processing-atp oracle-base-database
oracle-cloud-migration-advisor oracle-compute-cloudcustomer oracle-database-migration-service
oracle-exadata-database-service oracle-identity-cloud-service oracle-rest-data-services oracle-soa-suite
order-management procurement product-master-data-management project-financial-managment project-management
resource-manager roving-edge-service search service-connector-hub service-mesh storage-gateway
supply-chain-planning threat-defense threat-intelligence vault visual-builder vulnerability-scanning waf
waf-raster zero-data-loss-recovery-appliance
""",
}
