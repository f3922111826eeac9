# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Icons for Azure in TMI's web editor: type and subcategory -> names, of which each appears once."""

from __future__ import annotations

NAMES = {
    "services/ai-and-machine-learning": """
ai-studio anomaly-detector azure-applied-ai-services azure-experimentation-studio azure-object-understanding
azure-openai batch-ai bonsai bot-services cognitive-search cognitive-services cognitive-services-decisions
computer-vision content-moderators content-safety custom-vision face-apis form-recognizers genomics
genomics-accounts immersive-readers language language-understanding machine-learning
machine-learning-studio-classic-web-services machine-learning-studio-web-service-plans
machine-learning-studio-workspaces metrics-advisor personalizers qna-makers serverless-search speech-services
translator-text
""",
    "services/analytics": """
analysis-services azure-data-explorer-clusters azure-databricks azure-synapse-analytics azure-workbooks
data-factories data-lake-analytics data-lake-store-gen1 endpoint-analytics event-hub-clusters event-hubs
hd-insight-clusters log-analytics-workspaces power-bi-embedded power-platform private-link-services
stream-analytics-jobs
""",
    "services/app-services": """
app-service-certificates app-service-domains app-service-environments app-service-plans app-services
cdn-profiles notification-hubs
""",
    "services/azure-ecosystem": "applens azure-hybrid-center collaborative-service",
    "services/azure-stack": "capacity infrastructure-backup multi-tenancy offers plans updates user-subscriptions",
    "services/blockchain": (
        "abs-member azure-blockchain-service azure-token-service blockchain-applications consortium outbound-connection"
    ),
    "services/compute": """
aks-automatic application-group automanaged-vm availability-sets azure-compute-galleries azure-spring-apps
batch-accounts cloud-services-classic compute-fleet container-instances container-services-deprecated
disk-encryption-sets disks disks-classic disks-snapshots function-apps host-groups host-pools hosts
image-definitions image-templates image-versions images kubernetes-services maintenance-configuration
managed-service-fabric mesh-applications os-images-classic restore-points restore-points-collections
service-fabric-clusters shared-image-galleries virtual-machine virtual-machines-classic vm-images-classic
vm-scale-sets workspaces workspaces-collision
""",
    "services/containers": "azure-red-hat-openshift container-registries",
    "services/databases": """
azure-cosmos-db azure-database-mariadb-server azure-database-migration-services azure-database-mysql-server
azure-database-postgresql-server azure-database-postgresql-server-group azure-sql azure-sql-edge
azure-sql-server-stretch-databases azure-sql-vm cache-redis elastic-job-agents instance-pools managed-database
oracle-database sql-data-warehouses sql-database sql-elastic-pools sql-managed-instance sql-server
sql-server-registries ssis-lift-and-shift-ir virtual-clusters
""",
    "services/devops": """
api-connections api-management-services application-insights azure-devops change-analysis cloudtest
code-optimization devops-starter devtest-labs lab-accounts lab-services load-testing managed-devops-pools
workspace-gateway
""",
    "services/general": """
all-resources backlog biz-talk blob-block blob-page branch browser bug builds cache code commit controls
controls-horizontal cost-alerts cost-analysis cost-budgets cost-management cost-management-and-billing counter
cubes dashboard dev-console download error extensions feature-previews file files folder-blank folder-website
free-services ftp gear globe-error globe-success globe-warning guide heart help-and-support image information
input-output journey-hub launch-portal learn load-test location log-streaming management-groups
management-portal marketplace marketplace-management media media-file mobile mobile-engagement module power
power-up powershell preview-features process-explorer production-ready-database quickstart-center recent
region-management reservations resource-explorer resource-group-list resource-groups resource-linked scheduler
search search-grid server-farm service-health ssd storage-azure-files storage-container storage-queue
subscriptions table tag tags templates tfs-vc-repository toolbox troubleshoot versions web-slots web-test
website-power website-staging workbooks workflow
""",
    "services/hybrid-and-multicloud": """
azure-monitor-pipeline azure-operator-5g-core azure-operator-insights azure-operator-nexus
azure-operator-service-manager azure-programmable-connectivity
""",
    "services/identity": """
active-directory-connect-health administrative-units api-proxy app-registrations azure-ad-b2c
azure-information-protection enterprise-applications entra-connect entra-connect-health entra-connect-sync
entra-domain-services entra-global-secure-access entra-id-protection entra-identity-custom-roles
entra-identity-licenses entra-identity-roles-and-administrators entra-internet-access entra-managed-identities
entra-private-access entra-privleged-identity-management entra-verified-id external-identities groups
identity-governance managed-identities multi-factor-authentication security tenant-properties user-settings
users verifiable-credentials verification-as-a-service
""",
    "services/integration": """
app-configuration azure-api-for-fhir azure-data-catalog azure-databox-gateway azure-service-bus
azure-stack-edge business-process-tracking event-grid-domains event-grid-subscriptions event-grid-topics
integration-accounts integration-environments integration-service-environments logic-apps
logic-apps-custom-connector partner-namespace partner-registration partner-topic relays sendgrid-accounts
software-as-a-service storsimple-device-managers system-topic
""",
    "services/intune": """
client-apps device-compliance device-configuration device-enrollment device-security-apple
device-security-google device-security-windows devices ebooks exchange-access intune intune-app-protection
intune-for-education mindaro security-baselines software-updates tenant-status
""",
    "services/iot": """
azure-iot-operations azure-maps-accounts azure-stack azure-stack-hci-sizer device-provisioning-services
digital-twins industrial-iot iot-central-applications iot-edge iot-hub notification-hub-namespaces
stack-hci-premium time-series-data-sets time-series-insights-access-policies time-series-insights-environments
time-series-insights-event-sources windows10-core-services
""",
    "services/management-and-governance": """
activity-log advisor alerts arc-machines automation-accounts azure-arc azure-lighthouse blueprints compliance
customer-lockbox-for-microsoft-azure diagnostics-settings education intune-trends machinesazurearc
managed-applications-center managed-desktop metrics monitor my-customers operation-log-classic policy
recovery-services-vaults resource-graph-explorer resources-provider scheduler-job-collections
service-catalog-mad service-providers solutions universal-print user-privacy
""",
    "services/menu": "keys",
    "services/migrate": "azure-migrate data-box",
    "services/mixed-reality": "remote-rendering spatial-anchor-accounts",
    "services/monitor": "auto-scale azure-monitors-for-sap-solutions network-watcher",
    "services/networking": """
application-gateway-containers application-gateways atm-multistack azure-communications-gateway
azure-firewall-manager azure-firewall-policy bastions connected-cache connections ddos-protection-plans
dns-multistack dns-private-resolver dns-security-policy dns-zones expressroute-circuits firewalls
front-door-and-cdn-profiles ip-address-manager ip-groups load-balancer-hub load-balancers
local-network-gateways nat network-interfaces network-security-groups on-premises-data-gateways private-link
private-link-service proximity-placement-groups public-ip-addresses public-ip-addresses-classic
public-ip-prefixes reserved-ip-addresses-classic resource-management-private-link route-filters route-tables
service-endpoint-policies spot-vm spot-vmss subnet traffic-manager-profiles virtual-network-gateways
virtual-networks virtual-networks-classic virtual-router virtual-wan-hub virtual-wans
web-application-firewall-policieswaf
""",
    "services/new-icons": """
ai-at-edge aks-network-policy azure-app-testing azure-consumption-commitment azure-container-storage
azure-linux azure-local azure-managed-redis breeze data-virtualization edge-actions edge-storage-accelerator
engage-center-connect external-id external-id-modified frd-qa hybrid-connectivity-hub kubernetes-hub
landing-zone logic-apps-template microsoft-discovery monitor-issues network-foundation-hub
network-security-hub operation-center planetary-computer-pro promethus pubsub scheduled-actions
service-group-relationships service-groups sql-database-fleet-manager stage-maps storage-hubs
toolchain-orchestrator vnet-appliance vpnclientwindows workload-orchestration
""",
    "services/other": """
aks-istio app-compliance-automation aquila arc-data-services arc-kubernetes arc-postgresql
arc-sql-managed-instance arc-sql-server avs-vm azure-a azure-backup-center azure-center-for-sap
azure-chaos-studio azure-cloud-shell azure-communication-services azure-deployment-environments
azure-dev-tunnels azure-edge-hardware-center azure-hpc-workbenches azure-load-testing azure-managed-grafana
azure-monitor-dashboard azure-network-function-manager azure-network-function-manager-functions azure-orbital
azure-quotas azure-sphere azure-storage-mover azure-support-center-blue azure-sustainability
azure-video-indexer azure-virtual-desktop azure-vmware-solution azureattestation azurite backup-vault
bare-metal-infrastructure capacity-reservation-groups central-service-instance-for-sap ceres
cloud-services-extended-support community-images compliance-center confidential-ledgers
connected-vehicle-platform container-apps-environments cost-export custom-ip-prefix dashboard-hub
data-collection-rules database-instance-for-sap dedicated-hsm defender-cm-local-manager
defender-dcs-controller defender-distributer-control-system defender-engineering-station
defender-external-management defender-freezer-monitor defender-historian defender-hmi
defender-industrial-packaging-system defender-industrial-printer defender-industrial-robot
defender-industrial-scale-system defender-marquee defender-meter defender-plc defender-pneumatic-device
defender-programable-board defender-relay defender-robot-controller defender-rtu defender-sensor defender-slot
defender-web-guiding-system device-update-iot-hub disk-pool edge-management elastic-san
exchange-on-premises-access express-route-traffic-collector expressroute-direct fhir-service fiji
hdi-aks-cluster icm-troubleshooting internet-analyzer-profiles kubernetes-fleet-manager
log-analytics-query-pack managed-instance-apache-cassandra medtech-service microsoft-dev-box
mission-landing-zone mobile-networks modular-data-center monitor-health-models network-managers
network-security-perimeters open-supply-chain-platform osconfig peering-service peerings private-endpoints
reserved-capacity resource-guard resource-mover rtos savings-plans scvmm-management-servers sonic-dash
ssh-keys storage-functions targets-management template-specs test-base update-management-center
video-analyzers virtual-enclaves virtual-instance-for-sap virtual-visits-builder vm-app-definitions
vm-app-versions vm-image-version wac wac-installer web-app-and-database web-jobs windows-notification-services
worker-container-app
""",
    "services/security": """
application-security-groups azure-sentinel conditional-access detonation entra-identity-risky-signins
entra-identity-risky-users extendedsecurityupdates identity-secure-score key-vaults microsoft-defender-easm
microsoft-defender-for-cloud microsoft-defender-for-iot multifactor-authentication
""",
    "services/storage": """
azure-fileshares azure-hcp-cache azure-netapp-files data-lake-storage-gen1 data-share-invitations data-shares
import-export-jobs managed-file-shares storage-accounts storage-accounts-classic storage-actions
storage-explorer storage-sync-services storsimple-data-managers
""",
    "services/web": "api-center app-space app-space-component azure-media-service signalr static-apps",
}
